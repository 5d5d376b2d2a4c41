/** Colours of a chart without a background of its own, after those of GitHub's pages. */
export interface Theme {
  text: string;
  faint: string;
  ours: string;
  others: string;
  limit: string;
}

export const themes = {
  light: { text: '#1f2328', faint: '#d1d9e0', ours: '#0969da', others: '#8c959f', limit: '#cf222e' },
  dark: { text: '#f0f6fc', faint: '#3d444d', ours: '#4493f8', others: '#7d8590', limit: '#f85149' },
} as const satisfies Record<string, Theme>;

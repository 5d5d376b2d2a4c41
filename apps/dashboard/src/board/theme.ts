import type { UITheme } from '@bull-board/api/typings/app';

const fonts = {
  'font-sans': "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif",
  'font-mono': "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
};

/** Bull Board in the colours of our own pages (`assets/dashboard.css`), and in fonts that need no other site. */
export const boardTheme: UITheme = {
  light: {
    ...fonts,
    background: '#f4f6fa',
    foreground: '#18202e',
    'muted-foreground': '#586479',
    primary: '#2f49e0',
    'primary-foreground': '#ffffff',
    border: '#e0e5ee',
    destructive: '#c0242f',
    'status-failed': '#c0242f',
    sidebar: '#ffffff',
    'sidebar-border': '#e0e5ee',
  },
  dark: {
    ...fonts,
    background: '#0f131b',
    foreground: '#e7ecf5',
    'muted-foreground': '#98a5ba',
    card: '#171d28',
    popover: '#1c2431',
    primary: '#8ea0ff',
    'primary-foreground': '#10151e',
    secondary: '#1c2431',
    muted: '#1c2431',
    border: '#293243',
    input: '#34405a',
    sidebar: '#131924',
    'sidebar-border': '#293243',
  },
};

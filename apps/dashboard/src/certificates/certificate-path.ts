/** Where the certificate of a request is to be had, as a file of JSON without leaves. */
export function certificatePath(id: string): string {
  return `/certificate.json?id=${encodeURIComponent(id)}`;
}

const MAX_DEVICE_CHARS = 200;

/** What a list of sessions calls the device: the User-Agent without anything that is not plain text, `unknown` without one. */
export function deviceName(userAgent: string | undefined): string {
  const name = (userAgent ?? '').replaceAll(/[^\x20-\x7e]/g, '').trim();
  return name.slice(0, MAX_DEVICE_CHARS) || 'unknown';
}

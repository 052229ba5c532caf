// Dark or light: as the system has it, or as was chosen here before.

export const SCHEMES = ['system', 'light', 'dark'] as const;
export type Scheme = (typeof SCHEMES)[number];

const KEY = 'billonce-lab-scheme';

export function storedScheme(): Scheme {
  try {
    return SCHEMES.find((it) => it === localStorage.getItem(KEY)) ?? 'system';
  } catch {
    // Storage is switched off.
    return 'system';
  }
}

export function setScheme(scheme: Scheme): void {
  show(scheme);
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    // It holds until the page is left.
  }
}

export function show(scheme: Scheme): void {
  if (scheme === 'system') delete document.documentElement.dataset.scheme;
  else document.documentElement.dataset.scheme = scheme;
}

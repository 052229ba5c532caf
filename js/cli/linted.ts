import type { Finding, FixLimit } from 'billonce/lab';

/** What became of a file. */
export interface Report {
  file: string;
  /** The file's text, in which lines are looked up. */
  text: string;
  findings: Finding[];
  /** Why it could not be read. */
  error?: { code: string; field: string; message: string };
  /** How many findings the new file has no more. */
  mended?: number;
  /** What the new file cannot promise. */
  limits?: FixLimit[];
}

export const isFixable = (finding: Finding): boolean => 'fixed' in finding;

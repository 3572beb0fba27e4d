/** OTPs sent before anything is measured: compiled code, open connections, prepared statements. */
export const warmUpCount = 1_000;

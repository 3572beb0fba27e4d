/** `ENOENT`, `EPERM` …; by shape, not by class: errors of node itself belong to another realm under a test runner. */
export const errnoOf = (fault: unknown): unknown =>
  typeof fault === 'object' && fault !== null && 'code' in fault ? fault.code : undefined;

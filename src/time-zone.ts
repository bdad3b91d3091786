/** Is this the IANA name of a time zone that this process knows? */
export function isTimeZone(name: string): boolean {
  try {
    // An offset such as +03:00 is taken too, and knows no summer time.
    return (
      /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
    );
  } catch {
    return false;
  }
}

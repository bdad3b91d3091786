/**
 * How much a partial cancel asks for, in currency units. VTEX documents the value of a cancel in cents; one with a fraction can only be
 * in units.
 */
export function partInUnits(value: string): number {
  const sent = Number(value);
  return Number.isInteger(sent) ? sent / 100 : sent;
}

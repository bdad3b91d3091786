/** The faults' full form takes many minutes; the short one is part of `npm test`. */
export const isFull = process.env.FAULTS === 'full';

/** `FAULTS=full` runs the fault tests at the size that they are meant for; else they are short enough for every `npm test`. */
export const isFull = process.env.FAULTS === 'full';

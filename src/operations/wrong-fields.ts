import { HttpException } from '@nestjs/common';

/** By the field's name, what it must be. */
export type WrongFields = Readonly<Record<string, string>>;

/** The answer to a body or a query of which nothing was taken: 422, naming each wrong field. */
export const wrongFields = (fields: WrongFields): HttpException =>
  new HttpException({ message: 'These fields are wrong; nothing was changed.', fields }, 422);

/** @throws the 422 where there is a wrong field */
export function refuseWrong(fields: WrongFields): void {
  if (Object.keys(fields).length > 0) throw wrongFields(fields);
}

import { plainToInstance } from 'class-transformer';
import { IsBoolean, IsInt, IsObject, IsOptional, IsString, Length, Matches, Max, Min, validate } from 'class-validator';

/** The body of `PUT /internal/payments/{paymentId}`; the reference's own fields are checked by its issuer. */
export class LinkPaymentBody {
  @IsString({ message: 'issuer must be the code of an issuer' })
  readonly issuer!: string;

  @IsObject({ message: 'reference must be an object with the ids that the issuer gave' })
  readonly reference!: Readonly<Record<string, unknown>>;

  /** In cents. */
  @IsOptional()
  @IsInt({ message: 'value must be a whole number of cents' })
  @Min(0, { message: 'value must not be negative' })
  @Max(Number.MAX_SAFE_INTEGER, { message: 'value is too large' })
  readonly value?: number | null;

  @IsOptional()
  @IsString({ message: 'orderId must be text' })
  @Length(1, 255, { message: 'orderId must have 1 to 255 characters' })
  @Matches(/^[^\p{Cc}\p{Cs}]*$/u, { message: 'orderId must not have control characters' })
  readonly orderId?: string | null;

  @IsOptional()
  @IsBoolean({ message: 'sandbox must be true or false' })
  readonly sandbox?: boolean | null;
}

/** The body, and by each field that is of a wrong type or not a link's at all, what it must be. */
export async function readLinkBody(
  body: Readonly<Record<string, unknown>>,
): Promise<{ readonly link: LinkPaymentBody; readonly fields: Readonly<Record<string, string>> }> {
  const link = plainToInstance(LinkPaymentBody, body);
  const faults = await validate(link, { whitelist: true, forbidNonWhitelisted: true });
  const fields = faults.map(({ property, constraints = {} }) => [
    property,
    'whitelistValidation' in constraints
      ? 'is not a field of a link'
      : (Object.values(constraints).at(-1) ?? 'is wrong'),
  ]);
  return { link, fields: Object.fromEntries(fields) as Record<string, string> };
}

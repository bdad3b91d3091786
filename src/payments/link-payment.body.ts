import { IsBoolean, IsInt, IsObject, IsOptional, IsString, Length, Matches, Max, Min } from 'class-validator';

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

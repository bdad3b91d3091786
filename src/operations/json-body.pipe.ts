import { HttpException, type PipeTransform } from '@nestjs/common';

/** Reads the raw body, which every route gets as it came, as a JSON object; 400 where it is none. */
export class JsonBodyPipe implements PipeTransform {
  transform(body: unknown): Readonly<Record<string, unknown>> {
    try {
      const value: unknown = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '');
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    } catch {
      // Falls through to the answer below: whatever is wrong, the caller must send a JSON object.
    }
    throw new HttpException({ message: 'The body must be a JSON object.' }, 400);
  }
}

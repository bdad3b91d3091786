import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Scripted payment</title>
<h1>This payment is a script</h1>
<p>It belongs to VTEX's Payment Provider Test Suite. Nothing is to be paid or done here: the payment is approved by itself within seconds.</p>
</html>
`;

/** `GET /test-suite/payments/{paymentId}`: where the suite's bank slips and redirects lead. Public, and the same for every payment. */
@Controller('test-suite/payments/:paymentId')
export class TestSuitePageController {
  @Get()
  show(@Res() reply: FastifyReply): void {
    void reply
      .header('content-type', 'text/html; charset=utf-8')
      .header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
      .header('x-content-type-options', 'nosniff')
      .header('cache-control', 'no-store')
      .send(page);
  }
}

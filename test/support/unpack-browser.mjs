import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/*
 * Unpacks the browser of @sparticuz/chromium, with the libraries and fonts that it brings, into the folder that is named on the command
 * line; does nothing where it is there already. In a process of its own, because the package unpacks to the system's temporary folder, where
 * what another user or a half-ended run left would be taken for a browser, and changes the environment.
 */

const folder = process.argv[2];
if (!folder) throw new Error('Name the folder to unpack to');

if (!existsSync(join(folder, 'fonts.conf'))) {
  const partial = `${folder}.${process.pid}`;
  mkdirSync(partial, { recursive: true });
  process.env.TMPDIR = partial;
  // Any value for which the package unpacks the libraries too.
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs22.x';
  const { default: chromium } = await import('@sparticuz/chromium');
  await chromium.executablePath();
  // The package's own names folders of another machine.
  const fonts = `<fontconfig><dir>${folder}/fonts/fonts</dir><cachedir>${folder}/font-cache</cachedir></fontconfig>`;
  writeFileSync(join(partial, 'fonts.conf'), `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">${fonts}\n`);
  try {
    renameSync(partial, folder);
  } catch {
    // Another process was quicker.
    rmSync(partial, { recursive: true });
  }
}

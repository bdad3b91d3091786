import { renderToString } from 'preact-render-to-string';
import type { Deviation } from '../deviations.js';
import type { OpenApiDocument } from '../document.js';
import { methods } from '../operation.js';
import { OperationSection, type PlacedOperation } from './operation-section.js';
import { Shapes } from './shapes.js';
import { Table } from './table.js';
import { Line, Words } from './words.js';

/** The document as one page. */
export const docsPage = (document: OpenApiDocument): string =>
  `<!doctype html>\n${renderToString(<Page document={document} />)}\n`;

const Page = ({ document }: { readonly document: OpenApiDocument }) => {
  const { info, tags, components } = document;
  const parts = tags.map((tag) => ({ ...tag, operations: operationsOf(document, tag.name) }));
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${info.title} ${info.version}: API`}</title>
        <link rel="stylesheet" href="/docs/style.css" />
      </head>
      <body>
        <a class="skip" href="#content">
          To the content
        </a>
        <header>
          <h1>{info.title}</h1>
          <p>
            Version {info.version}. The same for machines: <a href="/openapi.json">openapi.json</a>.
          </p>
        </header>
        <nav aria-label="Contents">
          <ul>
            {parts.map(({ name, operations }) => (
              <li>
                <a href={`#${idOfPart(name)}`}>{name}</a>
                <ul>
                  {operations.map(({ operation }) => (
                    <li>
                      <a href={`#${operation.operationId}`}>{operation.summary}</a>
                    </li>
                  ))}
                </ul>
              </li>
            ))}
            <li>
              <a href="#deviations">Where we differ from VTEX's OpenAPI</a>
            </li>
            <li>
              <a href="#shapes">Shapes</a>
            </li>
          </ul>
        </nav>
        <main id="content">
          <Words text={info.description} />
          <Credentials schemes={components.securitySchemes} />
          {parts.map(({ name, description, operations }) => (
            <section aria-labelledby={idOfPart(name)}>
              <h2 id={idOfPart(name)}>{name}</h2>
              <Words text={description} />
              {operations.map((placed) => (
                <OperationSection {...placed} />
              ))}
            </section>
          ))}
          <Deviations deviations={document['x-deviations']} />
          <Shapes schemas={components.schemas} />
        </main>
      </body>
    </html>
  );
};

const Credentials = ({ schemes }: { readonly schemes: OpenApiDocument['components']['securitySchemes'] }) => (
  <section aria-labelledby="credentials">
    <h2 id="credentials">Credentials</h2>
    <Table
      id="credentials-table"
      caption="Headers that say who calls"
      columns={['Name here', 'Header', 'Meaning']}
      rows={Object.entries(schemes).map(([name, scheme]) => [
        name,
        <code>{'name' in scheme ? scheme.name : 'Authorization: Bearer'}</code>,
        <Line text={scheme.description} />,
      ])}
    />
  </section>
);

const Deviations = ({ deviations }: { readonly deviations: readonly Deviation[] }) => (
  <section aria-labelledby="deviations">
    <h2 id="deviations">Where we differ from VTEX's OpenAPI</h2>
    <Table
      id="deviations-table"
      caption="Where VTEX's documents contradict each other, or leave something open"
      columns={['Call', 'The OpenAPI', 'Here', 'Why']}
      rows={deviations.map(({ call, theirs, ours, why }) => [
        call,
        <Line text={theirs} />,
        <Line text={ours} />,
        <Line text={why} />,
      ])}
    />
  </section>
);

const operationsOf = ({ paths }: OpenApiDocument, tag: string): PlacedOperation[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    methods.flatMap((method) => {
      const operation = item[method];
      return operation?.tags.includes(tag) ? [{ method, path, operation }] : [];
    }),
  );

const idOfPart = (name: string) => `part-${name.toLowerCase().replace(/\W+/g, '-')}`;

import type { ComponentChildren } from 'preact';
import type { Schema, Schemas } from '../schema.js';
import { Table } from './table.js';
import { Line, Words } from './words.js';

/** The named shapes, each with a table of its fields. */
export const Shapes = ({ schemas }: { readonly schemas: Schemas }) => (
  <section aria-labelledby="shapes">
    <h2 id="shapes">Shapes</h2>
    <p>Fields without "optional" are always there. No other fields come in an answer.</p>
    {Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) => (
        <section aria-labelledby={idOfShape(name)}>
          <h3 id={idOfShape(name)}>
            <code>{name}</code>
          </h3>
          {typeof schema.description === 'string' && <Words text={schema.description} />}
          <Fields name={name} schema={schema} />
        </section>
      ))}
  </section>
);

const Fields = ({ name, schema }: { readonly name: string; readonly schema: Schema }) => {
  const fields = Object.entries((schema.properties ?? {}) as Schemas);
  const required = (schema.required ?? []) as readonly string[];
  return fields.length === 0 ? null : (
    <Table
      id={`${idOfShape(name)}-fields`}
      caption={
        <>
          Fields of <code>{name}</code>
        </>
      }
      columns={['Field', 'Type', 'Meaning']}
      rows={fields.map(([field, its]) => [
        <code>{field}</code>,
        <>
          <Type schema={its} />
          {!required.includes(field) && <span class="optional"> optional</span>}
        </>,
        typeof its.description === 'string' ? <Line text={its.description} /> : '',
      ])}
    />
  );
};

const idOfShape = (name: string) => `shape-${name}`;

/** What a schema is, in a few words, with links to the shapes that it names. */
export const Type = ({ schema }: { readonly schema: Schema }): ComponentChildren => {
  const { $ref, oneOf, allOf, enum: values, items } = schema as TypeKeywords;
  if ($ref !== undefined) return <ShapeLink name={$ref.split('/').at(-1) ?? ''} />;
  if (oneOf) return parted(oneOf.map((one) => <Type schema={one} />));
  if (allOf) return <Narrowed schemas={allOf} />;
  if ('const' in schema) return <code>{JSON.stringify(schema.const)}</code>;
  if (values) return parted(values.map((value) => <code>{JSON.stringify(value)}</code>));
  if (items) {
    return (
      <>
        list of <Type schema={items} />
      </>
    );
  }
  return named(schema);
};

/** A shape, and what is narrower about it here. */
const Narrowed = ({ schemas }: { readonly schemas: readonly Schema[] }) => {
  const [shape, narrower] = schemas;
  const fields = Object.entries((narrower?.properties ?? {}) as Schemas).filter(([, its]) => !('properties' in its));
  return (
    <>
      {shape && <Type schema={shape} />}
      {fields.map(([field, its], at) => (
        <>
          {at === 0 ? ' with ' : ', '}
          <code>{field}</code> <Type schema={its} />
        </>
      ))}
    </>
  );
};

const ShapeLink = ({ name }: { readonly name: string }) => (
  <a href={`#${idOfShape(name)}`}>
    <code>{name}</code>
  </a>
);

function named({ type, format, properties }: Schema): ComponentChildren {
  if (format === 'date-time') return Array.isArray(type) ? 'time, or null' : 'time';
  if (properties !== undefined) {
    const names = Object.keys(properties as Schemas);
    return (
      <>
        object of{' '}
        {parted(
          names.map((name) => <code>{name}</code>),
          ', ',
        )}
        {Array.isArray(type) && type.includes('null') ? ', or null' : ''}
      </>
    );
  }
  if (type === undefined) return 'anything';
  const types = (Array.isArray(type) ? type : [type]) as string[];
  return types.map((one) => (one === 'string' ? 'text' : one)).join(' or ');
}

const parted = (parts: readonly ComponentChildren[], between = ' or ') =>
  parts.map((part, at) => (
    <>
      {at > 0 && between}
      {part}
    </>
  ));

interface TypeKeywords {
  readonly $ref?: string;
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
}

import type { Content, Method, RequestBody, Response, TaggedOperation } from '../operation.js';
import { curl } from './curl.js';
import { Type } from './shapes.js';
import { Code, Table } from './table.js';
import { Line, Words } from './words.js';

export interface PlacedOperation {
  readonly method: Method;
  readonly path: string;
  readonly operation: TaggedOperation;
}

/** One operation: what it does, what it takes, what it answers. */
export const OperationSection = ({ method, path, operation }: PlacedOperation) => {
  const {
    operationId: id,
    summary,
    description,
    security,
    parameters = [],
    requestBody,
    responses,
    callbacks,
  } = operation;
  const schemes = security.map((set) => Object.keys(set));
  return (
    <article aria-labelledby={id}>
      <h3 id={id}>
        <a href={`#${id}`}>{summary}</a>
      </h3>
      <p class="route">
        <code>
          {method.toUpperCase()} {path}
        </code>
      </p>
      <Words text={description} />
      <p>
        {schemes.length === 0 ? (
          'Needs no credentials.'
        ) : (
          <>
            Credentials: <a href="#credentials">{schemes.map((set) => set.join(' and ')).join(', or ')}</a>.
          </>
        )}
      </p>
      {parameters.length > 0 && (
        <Table
          id={`${id}-parameters`}
          caption="Parameters"
          columns={['Name', 'Where', 'Type', 'Meaning']}
          rows={parameters.map(({ name, in: where, required, schema, description: meaning }) => [
            <code>{name}</code>,
            <>
              {where}
              {!required && <span class="optional"> optional</span>}
            </>,
            <Type schema={schema} />,
            <Line text={meaning} />,
          ])}
        />
      )}
      {requestBody && <Body body={requestBody} call={{ method, path, operation }} />}
      <h4>Answers</h4>
      <Table
        id={`${id}-answers`}
        caption={
          <>
            Answers of <code>{id}</code>
          </>
        }
        columns={['Status', 'Meaning', 'Shape']}
        rows={Object.entries(responses).map(([status, response]) => [
          status,
          <Words text={response.description} />,
          <Shape content={response.content} />,
        ])}
      />
      {Object.entries(responses).flatMap(([status, response]) => (
        <ResponseExamples status={status} response={response} />
      ))}
      {Object.values(callbacks ?? {}).flatMap((addresses) =>
        Object.entries(addresses).map(([address, { post }]) => (
          <section aria-labelledby={post.operationId}>
            <h4 id={post.operationId}>{post.summary}</h4>
            <p class="route">
              <code>POST {address}</code>
            </p>
            <Words text={post.description} />
          </section>
        )),
      )}
    </article>
  );
};

const Body = ({ body, call }: { readonly body: RequestBody; readonly call: PlacedOperation }) => {
  const given = Object.values(body.content).flatMap(({ examples = {} }) => Object.values(examples));
  return (
    <>
      <h4>Request</h4>
      <p>
        Body: <Shape content={body.content} />
      </p>
      {given.map(({ summary, value }) => (
        <Code label={summary} text={curl(call, value)} />
      ))}
    </>
  );
};

const Shape = ({ content = {} }: { readonly content: Content | undefined }) => (
  <>
    {Object.entries(content).map(([mediaType, { schema }]) =>
      mediaType === 'application/json' ? (
        <Type schema={schema} />
      ) : (
        <>{mediaType === '*/*' ? 'any type of content' : <code>{mediaType}</code>}</>
      ),
    )}
  </>
);

const ResponseExamples = ({ status, response }: { readonly status: string; readonly response: Response }) => (
  <>
    {Object.values(response.content ?? {})
      .flatMap(({ examples = {} }) => Object.values(examples))
      .map(({ summary, value }) => (
        <Code label={`${status}, ${summary}`} text={JSON.stringify(value, null, 2)} />
      ))}
  </>
);

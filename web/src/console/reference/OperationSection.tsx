import { API } from "../api";
import { CopyButton } from "../parts/CopyButton";
import { t } from "../words";
import { Description } from "./Description";
import { exampleIn, type Document, type Placed } from "./document";
import { Fields, ParameterRow } from "./Fields";

const CREDENTIALS: Record<string, string> = {
  apiKeyInHeader: "X-API-KEY",
  jwtInCookie: "OvMeetAccessToken",
  participantToken: "Authorization: Bearer",
  ownParticipantToken: "Authorization: Bearer",
  playbackLink: "?token=",
};

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

export function OperationSection({ method, path, operation, document }: Placed & { document: Document }) {
  const { operationId, parameters = [], requestBody, responses, security = [] } = operation;
  const body = requestBody?.content["application/json"];
  const success = Object.keys(responses).find((status) => status.startsWith("2")) ?? "";
  const credentials = security.flatMap((each) => Object.keys(each)).map((name) => CREDENTIALS[name] ?? name);
  const example = exampleIn(responses[success]?.content);
  const heading = `title-${operationId}`;
  return (
    <article id={operationId} className="operation" aria-labelledby={heading}>
      <h3 id={heading} tabIndex={-1}>{operation.summary}</h3>
      <p className="endpoint">
        <span className={`method method-${method.toLowerCase()}`}>{method}</span>
        <code>{path}</code>
      </p>
      <div className="halves">
        <div className="half">
          {operation.description && <Description text={operation.description} />}
          <p className="credentials">
            <span>{credentials.length > 0 ? t("opensWith") : t("opensFree")}</span>
            {credentials.map((each) => <code key={each}>{each}</code>)}
          </p>
          {parameters.length > 0 && (
            <>
              <h4>{t("parameters")}</h4>
              <dl className="fields">
                {parameters.map((each) => <ParameterRow key={each.in + each.name} parameter={each} document={document} />)}
              </dl>
            </>
          )}
          {body?.schema && (
            <>
              <h4>{t("body")}</h4>
              <Fields schema={body.schema} document={document} />
            </>
          )}
          <h4>{t("responses")}</h4>
          <dl className="responses">
            {Object.entries(responses).map(([status, { description }]) => (
              <div key={status}>
                <dt className={`code code-${status[0]}`}>{status}</dt>
                <dd>{description}</dd>
              </div>
            ))}
          </dl>
        </div>
        <div className="half samples">
          <Sample title={t("request")} code={curl(method, path, credentials.includes("X-API-KEY"), exampleIn(requestBody?.content))} />
          {example !== undefined && <Sample title={`${t("answer")} ${success}`} code={pretty(example)} />}
        </div>
      </div>
    </article>
  );
}

function curl(method: string, path: string, isKeyed: boolean, body: unknown): string {
  const verb = method === "GET" ? "" : method === "HEAD" ? " --head" : ` -X ${method}`;
  const lines = [`curl${verb} "${window.location.origin}${API}${path.replaceAll("{", "$").replaceAll("}", "")}"`];
  if (isKeyed) lines.push('-H "X-API-KEY: $KEY"');
  if (body !== undefined) lines.push("-H 'Content-Type: application/json'", `-d '${pretty(body)}'`);
  return lines.join(" \\\n  ");
}

function Sample({ title, code }: { title: string; code: string }) {
  return (
    <figure className="sample">
      <figcaption>{title}<CopyButton label={t("copy")} text={code} className="small plain icon-only" name={t("copy")} isIcon /></figcaption>
      <pre tabIndex={0}><code>{code}</code></pre>
    </figure>
  );
}

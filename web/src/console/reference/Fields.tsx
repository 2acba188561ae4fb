import { t } from "../words";
import { Description } from "./Description";
import { resolved, typeOf, type Document, type Parameter, type Schema } from "./document";

const DEEPEST = 3;

interface Props {
  schema: Schema;
  document: Document;
  depth?: number;
}

/** The properties of an object, and of the objects in it. */
export function Fields({ schema, document, depth = 0 }: Props) {
  const whole = resolved(schema, document);
  const shown = whole.type === "array" && whole.items ? resolved(whole.items, document) : whole;
  const properties = Object.entries(shown.properties ?? {});
  if (properties.length === 0) return null;
  return (
    <dl className="fields">
      {properties.map(([name, property]) => (
        <Row key={name} name={name} schema={property} isRequired={shown.required?.includes(name) ?? false} document={document} depth={depth} />
      ))}
    </dl>
  );
}

export function ParameterRow({ parameter, document }: { parameter: Parameter; document: Document }) {
  const { name, required = false, description, schema } = parameter;
  const described = description === undefined ? schema : { ...schema, description };
  return <Row name={name} place={parameter.in} schema={described} isRequired={required} document={document} depth={DEEPEST} />;
}

interface RowProps {
  name: string;
  place?: string;
  schema: Schema;
  isRequired: boolean;
  document: Document;
  depth: number;
}

function Row({ name, place, schema, isRequired, document, depth }: RowProps) {
  const whole = resolved(schema, document);
  return (
    <div className="field-row">
      <dt>
        <code>{name}</code>
        <span className="type">{typeOf(schema, document)}{place && ` · ${place}`}</span>
        {isRequired && <span className="required">{t("required")}</span>}
      </dt>
      <dd>
        {whole.description && <Description text={whole.description} />}
        <Rules schema={whole} />
        {depth < DEEPEST && <Fields schema={whole} document={document} depth={depth + 1} />}
      </dd>
    </div>
  );
}

function Rules({ schema }: { schema: Schema }) {
  const rules = [
    schema.enum?.join(", "),
    schema.default !== undefined && schema.default !== "" && `${t("default")} ${JSON.stringify(schema.default)}`,
    schema.minimum !== undefined && `≥ ${schema.minimum}`,
    schema.maximum !== undefined && `≤ ${schema.maximum}`,
    schema.maxLength !== undefined && t("characters", { count: schema.maxLength }),
  ].filter(Boolean);
  return rules.length > 0 && <p className="rules">{rules.join(" · ")}</p>;
}

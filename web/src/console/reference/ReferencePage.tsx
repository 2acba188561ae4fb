import { useQuery } from "@tanstack/react-query";
import { API } from "../api";
import { request } from "../../shared/http";
import { Heading } from "../parts/Heading";
import { Notice } from "../parts/Notice";
import { keys } from "../queries";
import { sentence } from "../sentences";
import { t } from "../words";
import { grouped, type Document } from "./document";
import { Description } from "./Description";
import { OperationSection } from "./OperationSection";

/** The API reference, rendered from its OpenAPI document. */
export default function ReferencePage() {
  const { data: document, error, refetch } = useQuery({
    queryKey: keys.document,
    queryFn: async () => (await (await request("GET", `${API}/openapi.json`)).json()) as Document,
    refetchOnWindowFocus: false,
  });

  if (error !== null) {
    return (
      <Notice title={t("notShown")} text={sentence(error)} isMain>
        <button onClick={() => void refetch()}>{t("tryAgain")}</button>
      </Notice>
    );
  }
  if (!document) return <Heading title={t("reference")} />;
  const groups = grouped(document);
  const show = (id: string) => {
    const section = window.document.getElementById(id);
    section?.scrollIntoView();
    section?.querySelector("h3")?.focus({ preventScroll: true });
  };
  return (
    <div className="reference">
      <nav className="contents" aria-label={t("operations")}>
        {groups.map(({ tag, operations }) => (
          <div key={tag.name}>
            <p>{tag.name}</p>
            <ul>
              {operations.map(({ method, operation }) => (
                <li key={operation.operationId}>
                  <button onClick={() => show(operation.operationId)}>
                    <span className={`method method-${method.toLowerCase()}`}>{method}</span>
                    {operation.operationId}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div className="operations" lang="en">
        <div className="page-head">
          <Heading title={t("reference")} />
          <a className="button small" href={`${API}/openapi.json`} target="_blank" rel="noopener">openapi.json</a>
        </div>
        <Description text={document.info.description} />
        <p className="base"><span>{t("baseAddress")}</span> <code>{window.location.origin + API}</code></p>
        {groups.map(({ tag, operations }) => (
          <section key={tag.name}>
            <h2>{tag.name}</h2>
            <p className="soft">{tag.description}</p>
            {operations.map((placed) => (
              <OperationSection key={placed.operation.operationId} {...placed} document={document} />
            ))}
          </section>
        ))}
      </div>
    </div>
  );
}

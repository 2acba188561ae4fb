import { useMutation } from "@tanstack/react-query";
import { ApiError, reasonOf } from "../../shared/http";
import { span } from "../../shared/format";
import { sentence } from "../sentences";
import { t } from "../words";
import { testWebhook } from "./api";

/** Sends a test to an endpoint, and shows what came of it. */
export function TestButton({ id }: { id: string }) {
  const test = useMutation({ mutationFn: () => testWebhook(id) });
  return (
    <section className="card section" aria-labelledby="test">
      <h2 id="test">{t("test")}</h2>
      <p className="soft">{t("testText")}</p>
      <button className="section-button" disabled={test.isPending} onClick={() => test.mutate()}>
        {test.isPending ? t("testing") : t("test")}
      </button>
      <div role="status">
        {test.data && <p className="success">{t("testOk", { status: test.data.status, time: took(test.data.duration) })}</p>}
      </div>
      {test.error && <p className="mistake" role="alert">{problem(test.error)}</p>}
    </section>
  );
}

const took = (seconds: number) => (seconds < 1 ? `${Math.round(seconds * 1000)} ms` : span(seconds * 1000));

/** What the endpoint did, in the API's own English words; other errors in the user's language. */
function problem(error: unknown) {
  if (error instanceof ApiError && reasonOf(error) === "endpoint_failed") {
    return <>{t("testFailed")} <span lang="en">{error.text}</span></>;
  }
  return sentence(error);
}

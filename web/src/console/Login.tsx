import { useEffect, useRef, useState, type FormEvent } from "react";
import { reasonOf } from "../shared/http";
import { Eye, EyeOff, Mark } from "./icons";
import { Dialog } from "../shared/ui/Dialog";
import { LanguageChoice } from "../shared/ui/LanguageChoice";
import { Field } from "./parts/Field";
import { sentence } from "./sentences";
import { logIn } from "./session";
import { choose, t } from "./words";

export function LoginPage() {
  const title = `${t("logIn")} · ${t("console")}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return (
    <main className="card-page">
      <div className="card login-card">
        <Mark />
        <h1>{t("console")}</h1>
        <p className="soft">{t("loginHint")}</p>
        <LoginForm />
        <LanguageChoice t={t} choose={choose} />
      </div>
    </main>
  );
}

/** The dialog over a page whose session has ended. The page keeps its state. */
export function LoginAgain({ username }: { username: string }) {
  return (
    <Dialog title={t("sessionEnded")} onClose={null}>
      <p className="soft">{t("sessionEndedText")}</p>
      <LoginForm username={username} />
    </Dialog>
  );
}

function LoginForm({ username: known = "" }: { username?: string }) {
  const [username, setUsername] = useState(known);
  const [password, setPassword] = useState("");
  const [isShown, setShown] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const passwordField = useRef<HTMLInputElement>(null);
  const first = useRef<HTMLInputElement>(null);

  useEffect(() => {
    (known ? passwordField : first).current?.focus();
  }, [known]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    if (!username || !password) {
      (username ? passwordField : first).current?.focus();
      return setError("missing");
    }
    setBusy(true);
    setError(null);
    try {
      await logIn(username, password);
    } catch (problem) {
      setError(problem);
      setBusy(false);
      if (reasonOf(problem) === "wrong_credentials") passwordField.current?.select();
    }
  };

  return (
    <form className="login" noValidate onSubmit={(event) => void submit(event)}>
      <Field label={t("username")}>
        {(control) => (
          <input
            {...control}
            ref={first}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        )}
      </Field>
      <Field label={t("password")}>
        {(control) => (
          <div className="with-button">
            <input
              {...control}
              ref={passwordField}
              type={isShown ? "text" : "password"}
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
            <button
              type="button"
              className="plain icon-only"
              aria-label={t("showPassword")}
              aria-pressed={isShown}
              title={isShown ? t("hidePassword") : t("showPassword")}
              onClick={() => setShown(!isShown)}
            >
              {isShown ? <EyeOff /> : <Eye />}
            </button>
          </div>
        )}
      </Field>
      {error !== null && (
        <div className="mistake">
          <p role="alert">{error === "missing" ? t("loginMissing") : sentence(error)}</p>
        </div>
      )}
      <button className="primary wide" disabled={isBusy}>{isBusy ? t("loggingIn") : t("logIn")}</button>
    </form>
  );
}

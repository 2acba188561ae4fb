import { useEffect, useRef, useState, type FormEvent } from "react";
import { ApiError } from "../../shared/http";
import { sentence } from "../sentences";
import { t, type Word } from "../words";

/**
 * A form that is sent once at a time. `mistakes` are its fields, with what is said if the API refuses them;
 * `values` stand in these texts. The first refused field has the focus then.
 */
export function useForm(save: () => Promise<unknown>, mistakes: Record<string, Word>, values: Record<string, number> = {}) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const form = useRef<HTMLFormElement>(null);

  useEffect(() => {
    if (error !== null) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);

  // The API names a field by its path, such as events[0] or invitations.0.maxJoins.
  const refused = error instanceof ApiError ? error.fields.flatMap((path) => path.split(/[.[\]]/)) : [];
  const mistake = (field: string) => {
    const word = refused.includes(field) ? mistakes[field] : undefined;
    return word && t(word, values);
  };
  const isElsewhere = error !== null && !refused.some((field) => field in mistakes);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    save().catch((problem: unknown) => {
      setError(problem);
      setBusy(false);
    });
  };
  return { form, isBusy, mistake, submit, /** What is wrong, unless a field shows it. */ problem: isElsewhere ? sentence(error) : undefined };
}

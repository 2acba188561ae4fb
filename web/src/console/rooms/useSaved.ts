import { useState } from "react";
import type { Room } from "../../shared/types";
import { toast } from "../parts/toasts";
import { setRoom } from "../queries";
import { t } from "../words";

/** Settings that are saved as soon as they change, and shown as wanted until the API has answered. */
export function useSaved<Values extends object>(save: (values: Partial<Values>) => Promise<Room>) {
  const [wanted, setWanted] = useState<Partial<Values>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const change = async (values: Partial<Values>) => {
    setWanted((before) => ({ ...before, ...values }));
    setProblem(null);
    try {
      setRoom(await save(values));
      toast(t("saved"));
    } catch (error) {
      setProblem(error);
    }
    setWanted((before) => {
      const left = { ...before };
      for (const name of Object.keys(values) as (keyof Values)[]) delete left[name];
      return left;
    });
  };
  return { wanted, problem, change: (values: Partial<Values>) => void change(values) };
}

import { useQuery } from "@tanstack/react-query";
import { useParams, useSearchParams } from "react-router";
import { type Import, importQuery } from "@/api/imports";
import { useCatalog } from "@/api/meta";
import { FaultView, Missing } from "@/components/fault-view";
import { Skeleton } from "@/components/skeleton";
import { CheckStep } from "./check-step";
import { FailedStep } from "./failed-step";
import { ImportFrame, steps } from "./import-frame";
import { MappingStep } from "./mapping-step";
import { ResultStep } from "./result-step";
import { RunStep } from "./run-step";

type Step = (typeof steps)[number];

/** An import on its way; where it stands is kept on the server. */
export default function ImportPage() {
  const { id = "" } = useParams();
  const found = useQuery(importQuery(id));
  const catalog = useCatalog();
  if (found.isError) {
    return <FaultView error={found.error} heading="h1" onRetry={() => found.refetch()} />;
  }
  if (!found.data) return <Skeleton />;
  const object = catalog.object(found.data.object);
  if (!object) return <Missing />;
  return <Wizard key={id} made={found.data} object={object} />;
}

interface WizardProps {
  readonly made: Import;
  readonly object: NonNullable<ReturnType<ReturnType<typeof useCatalog>["object"]>>;
}

function Wizard({ made, object }: WizardProps) {
  const [params, setParams] = useSearchParams();
  const step = stepOf(made, params.get("step"));
  const props = { made, object };
  return (
    <ImportFrame object={object} step={steps.indexOf(step)}>
      {made.state === "failed" && step !== "mapping" ? (
        <FailedStep {...props} onMapping={() => setParams({ step: "mapping" })} />
      ) : (
        <>
          {step === "mapping" && <MappingStep {...props} onPlanned={() => setParams({})} />}
          {step === "check" && (
            <CheckStep {...props} onMapping={() => setParams({ step: "mapping" })} />
          )}
          {step === "run" && <RunStep {...props} />}
          {step === "result" && <ResultStep {...props} />}
        </>
      )}
    </ImportFrame>
  );
}

/** The step that an import's state asks for; one may go back to the mapping until it has run. */
function stepOf(made: Import, wanted: string | null): Step {
  switch (made.state) {
    case "uploaded":
      return "mapping";
    case "planning":
      return "check";
    case "planned":
    case "failed":
      return wanted === "mapping" ? "mapping" : "check";
    case "running":
    case "paused":
      return "run";
    default:
      return "result";
  }
}

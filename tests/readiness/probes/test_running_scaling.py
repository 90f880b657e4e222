"""Autoscaling: an honest service passes on three stacks; each cheat and spoiled figure is told."""

import pytest

from tenken.evidence import FindingKind, Holding
from tenken.place import Place
from tenken.readiness.probes.scalability import serving_workload_autoscales
from tests.readiness.estates.cloud_run import CLOUD_RUN
from tests.readiness.estates.ecs import ECS
from tests.readiness.estates.kubernetes import KUBERNETES
from tests.readiness.estates.survey import Files, changed, survey_of

DEPLOY = ".github/workflows/deploy.yml"
FLAGS = """\
on: {push: {branches: [main]}}
jobs:
  prod:
    environment: prod
    steps:
      - run: |
          gcloud run deploy desk-prod --region asia-northeast1 \\
            --min-instances 1 --max-instances 3 --image desk:1
"""


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(CLOUD_RUN, id="cloud-run"),
        pytest.param(KUBERNETES, id="kubernetes"),
        pytest.param(ECS, id="ecs"),
    ],
)
def test_a_service_with_honest_bounds_scales(files: Files) -> None:
    """A maximum above the minimum, on the workload that serves, is in effect."""
    answer = serving_workload_autoscales(survey_of(files))

    assert answer.holding is Holding.HOLDS
    assert answer.seen


@pytest.mark.parametrize(
    ("files", "old", "new", "lie"),
    [
        pytest.param(CLOUD_RUN, "default = 10", "default = 1", "maximum_of_one", id="run-one"),
        pytest.param(
            CLOUD_RUN,
            "min_instance_count = 1",
            "min_instance_count = 10",
            "minimum_is_maximum",
            id="run-equal",
        ),
        pytest.param(
            KUBERNETES,
            "kind: Deployment, name: desk",
            "kind: Deployment, name: worker",
            "scaler_targets_another",
            id="hpa-elsewhere",
        ),
        pytest.param(
            KUBERNETES, "maxReplicas: 10", "maxReplicas: 1", "maximum_of_one", id="hpa-one"
        ),
        pytest.param(
            KUBERNETES,
            "requests: {cpu: 500m, memory: 512Mi}",
            "requests: {memory: 512Mi}",
            "no_cpu_request",
            id="hpa-without-requests",
        ),
        pytest.param(
            ECS,
            "max_capacity       = 10",
            "max_capacity       = 2",
            "minimum_is_maximum",
            id="ecs-equal",
        ),
        pytest.param(
            ECS,
            "aws_appautoscaling_policy",
            "aws_other",
            "target_without_policy",
            id="ecs-no-policy",
        ),
        pytest.param(
            ECS,
            "${aws_ecs_service.desk.name}",
            "worker",
            "scaler_targets_another",
            id="ecs-elsewhere",
        ),
    ],
)
def test_what_only_looks_like_scaling_fails(files: Files, old: str, new: str, lie: str) -> None:
    """Each way to have a scaler that never scales is told with its place."""
    answer = serving_workload_autoscales(survey_of(changed(files, old, new)))

    assert answer.holding is Holding.FAILS
    assert [one.sentence.id for one in answer.findings] == [f"probes_2.{lie}"]
    assert answer.findings[0].kind is FindingKind.LIE
    assert answer.findings[0].place is not None


def test_flags_that_disagree_with_terraform_are_a_lie() -> None:
    """Whichever is applied last wins, so two values are as good as none."""
    answer = serving_workload_autoscales(survey_of({**CLOUD_RUN, DEPLOY: FLAGS}))

    assert answer.holding is Holding.FAILS
    assert answer.findings[0].sentence.fields["second"] == "--max-instances 3"
    assert answer.findings[0].place == Place(DEPLOY, 8)


def test_flags_that_agree_are_no_conflict() -> None:
    """The same figure twice is no contradiction."""
    same = FLAGS.replace("--max-instances 3", "--max-instances 10")

    assert (
        serving_workload_autoscales(survey_of({**CLOUD_RUN, DEPLOY: same})).holding
        is Holding.HOLDS
    )


def test_flags_of_another_environment_do_not_count_against_production() -> None:
    """A development service may be small."""
    dev = FLAGS.replace("desk-prod", "desk-dev").replace("environment: prod", "environment: dev")

    assert (
        serving_workload_autoscales(survey_of({**CLOUD_RUN, DEPLOY: dev})).holding is Holding.HOLDS
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("default = 10", "", id="no-default"),
        pytest.param("max_instance_count = var.max_instances", "", id="no-maximum"),
        pytest.param(
            "max_instance_count = var.max_instances",
            "max_instance_count = local.gone",
            id="no-local",
        ),
    ],
)
def test_a_maximum_that_cannot_be_known_is_unknown(old: str, new: str) -> None:
    """A default of the platform, or a value from outside, is neither passed nor failed."""
    assert (
        serving_workload_autoscales(survey_of(changed(CLOUD_RUN, old, new))).holding
        is Holding.UNKNOWN
    )


def test_a_value_file_decides_per_environment() -> None:
    """`prod.tfvars` sets what production gets; the file for development does not spoil it."""
    files = {
        **CLOUD_RUN,
        "terraform/prod.tfvars": 'environment = "prod"\nmax_instances = 1\n',
        "terraform/dev.tfvars": 'environment = "dev"\nmax_instances = 5\n',
    }

    answer = serving_workload_autoscales(survey_of(files))

    assert [one.sentence.id for one in answer.findings] == ["probes_2.maximum_of_one"]


def test_a_remote_module_is_not_visible() -> None:
    """What a module elsewhere sets is neither passed nor failed."""
    files = {"main.tf": 'module "desk" {\n  source = "git::https://example.com/run.git"\n}\n'}

    answer = serving_workload_autoscales(survey_of(files))

    assert answer.holding is Holding.NOT_VISIBLE


def test_a_local_module_is_followed() -> None:
    """Arguments of the call are the variables of the module."""
    module = {f"modules/desk/{path.rpartition('/')[2]}": text for path, text in CLOUD_RUN.items()
              if path.endswith(("run.tf", "variables.tf"))}  # fmt: skip
    call = 'module "desk" {\n  source        = "../../modules/desk"\n  max_instances = 1\n}\n'

    answer = serving_workload_autoscales(survey_of({**module, "envs/prod/main.tf": call}))

    assert [one.sentence.id for one in answer.findings] == ["probes_2.maximum_of_one"]


def test_an_overlay_decides_for_its_environment() -> None:
    """A kustomize patch for production is what production gets."""
    base = {f"base/{path.rpartition('/')[2]}": text for path, text in KUBERNETES.items()
            if path.startswith("k8s/")}  # fmt: skip
    overlay = {
        "base/kustomization.yaml": "resources: [desk.yaml, scaling.yaml]\n",
        "overlays/prod/kustomization.yaml": "resources: [../../base]\n"
        "patches: [{path: scale.yaml}]\n",
        "overlays/prod/scale.yaml": "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\n"
        "metadata: {name: desk}\nspec:\n  maxReplicas: 1\n",
    }

    answer = serving_workload_autoscales(survey_of({**base, **overlay}))

    assert [one.place for one in answer.findings] == [Place("overlays/prod/scale.yaml", 5)]


def test_nothing_to_see_is_unknown() -> None:
    """No file about the infrastructure proves nothing either way."""
    assert (
        serving_workload_autoscales(survey_of({"app/main.py": "x = 1\n"})).holding
        is Holding.UNKNOWN
    )


def test_an_example_is_not_production() -> None:
    """Manifests under `examples` never speak of what runs."""
    files = {f"examples/{path}": text for path, text in KUBERNETES.items()}

    assert serving_workload_autoscales(survey_of(files)).holding is Holding.UNKNOWN


def test_a_command_of_terraform_itself_counts_too() -> None:
    """`local-exec` sets one figure on apply, the pipeline another on every push."""
    files = {
        "main.tf": 'variable "most" { default = 1 }\nresource "null_resource" "x" {\n'
        '  provisioner "local-exec" {\n    command = <<EOT\n'
        "gcloud run services update desk --max-instances=${var.most}\nEOT\n  }\n}\n",
        DEPLOY: FLAGS.replace("desk-prod", '"$SERVICE"'),
    }

    answer = serving_workload_autoscales(survey_of(files))

    assert answer.holding is Holding.FAILS
    assert "probes_2.sources_disagree" in [one.sentence.id for one in answer.findings]


def script(named: str, service: str, most: int) -> str:
    """A script that deploys a service of this name with this maximum."""
    return f"{named}\ngcloud run deploy {service} --image x \\\n  --max-instances={most}\n"


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        pytest.param(script("NAME=desk", "$NAME", 3), script("", "desk", 10),
            (Holding.FAILS, "probes_2.sources_disagree"), id="by-a-variable"),
        pytest.param(script('N="${N:-desk}"', '"${N}"', 3), script("S='desk'", "$S", 10),
            (Holding.FAILS, "probes_2.sources_disagree"), id="by-two-variables"),
        pytest.param(script("", "$NAME", 3), script("", "$NAME", 10),
            (Holding.PARTLY, "probes_2.unnamed_deploys_differ"), id="unnamed"),
        pytest.param(script("N=$(name)", "$N", 3), script("N=$1", "$N", 10),
            (Holding.PARTLY, "probes_2.unnamed_deploys_differ"), id="computed"),
        pytest.param(script('N="desk-$STAGE"', "$N", 3), script("N=desk-$1", "$N", 10),
            (Holding.PARTLY, "probes_2.unnamed_deploys_differ"), id="half-a-name"),
        pytest.param(script("N=desk\nN=counter", "$N", 3), script("N=desk", "$N", 3),
            (Holding.HOLDS, ""), id="the-same-figure"),
        pytest.param(script("N=desk", "$N", 3), script("N=counter", "$N", 10),
            (Holding.HOLDS, ""), id="two-services"),
    ],
)  # fmt: skip
def test_scripts_that_deploy_by_a_variable_are_compared(
    first: str, second: str, told: tuple[Holding, str]
) -> None:
    """A name is looked up in its script; without one, figures that differ are not passed."""
    answer = serving_workload_autoscales(survey_of({"a.sh": first, "b.sh": second}))

    found = [one.sentence.id for one in answer.findings]
    assert (answer.holding, found[0] if found else "") == told


REMOTE = """\
module "desk" {
  source                     = "git::https://example.com/modules.git//ecs?ref=v1"
  name                       = "desk"
  container_port             = 8080
  autoscaling_minimum_target = 1
  autoscaling_maximum_target = 10
}
"""


@pytest.mark.parametrize(
    ("old", "new", "holding"),
    [
        pytest.param("", "", Holding.HOLDS, id="bounds"),
        pytest.param("target = 10", "target = 1", Holding.FAILS, id="one"),
        pytest.param('"desk"\n', '"desk-worker"\n', Holding.NOT_VISIBLE, id="worker"),
        pytest.param(
            "  autoscaling_maximum_target = 10\n", "", Holding.NOT_VISIBLE, id="no-maximum"
        ),
    ],
)
def test_inputs_of_a_remote_module_tell_its_bounds(old: str, new: str, holding: Holding) -> None:
    """What is given to a module is visible even where the module is not."""
    survey = survey_of({"main.tf": REMOTE.replace(old, new) if old else REMOTE})

    assert serving_workload_autoscales(survey).holding is holding


BALANCED = """
resource "aws_lambda_function" "roles" { function_name = "roles" }
resource "aws_ecs_service" "desk" {
  name          = "desk"
  launch_type   = "FARGATE"
  desired_count = 1
  load_balancer {
    container_name = "desk"
    container_port = 80
  }
}
"""


def test_a_function_beside_a_balanced_service_does_not_scale_it() -> None:
    """What takes the traffic is the service; a function alone comes and goes by itself."""
    alone = BALANCED.partition('resource "aws_ecs_service"')[0]

    beside = serving_workload_autoscales(survey_of({"main.tf": BALANCED}))

    assert beside.holding is not Holding.PARTLY
    assert beside.holding is not Holding.HOLDS
    assert serving_workload_autoscales(survey_of({"main.tf": alone})).holding is Holding.HOLDS

"""The options of `tenken observe`, one alias each, so that the command itself stays readable."""

from pathlib import Path
from typing import Annotated

import typer

LONGEST_HOURS = 24 * 7
NAME, URL = "NAME", "URL"

Files = list[Path] | None
Logs = Annotated[Files, typer.Option(help="cli.option_logs")]
Traces = Annotated[Files, typer.Option(help="cli.option_traces")]
Runs = Annotated[Files, typer.Option(help="cli.option_runs")]
Described = Annotated[Files, typer.Option(help="cli.option_described")]
Prometheus = Annotated[str, typer.Option(help="cli.option_prometheus", metavar=URL)]
TokenEnv = Annotated[str, typer.Option(help="cli.option_token_env", metavar=NAME)]
Alertmanager = Annotated[str, typer.Option(help="cli.option_alertmanager", metavar=URL)]
Datadog = Annotated[str, typer.Option(help="cli.option_datadog", metavar=URL)]
DatadogKey = Annotated[str, typer.Option(help="cli.option_datadog_key_env", metavar=NAME)]
DatadogAppKey = Annotated[str, typer.Option(help="cli.option_datadog_app_key_env", metavar=NAME)]
GitHub = Annotated[str, typer.Option(help="cli.option_github", metavar="OWNER/REPO")]
GitHubUrl = Annotated[str, typer.Option(help="cli.option_github_url", metavar=URL)]
GitHubEnv = Annotated[
    str, typer.Option("--github-token-env", help="cli.option_github_token_env", metavar=NAME)
]
Credential = Annotated[str, typer.Option(help="cli.option_credential", metavar="FILE|env:NAME")]
Door = Annotated[str, typer.Option(help="cli.option_door", metavar=URL)]
App = Annotated[str, typer.Option(help="cli.option_app", metavar=URL)]
Requests = Annotated[Path, typer.Option(help="cli.option_requests")]
Times = Annotated[int, typer.Option(help="cli.option_times", min=1, max=1000)]
ArriveWithin = Annotated[float, typer.Option(help="cli.option_arrive_within", min=0)]
Services = Annotated[
    list[str] | None, typer.Option("--service", help="cli.option_service", metavar=NAME)
]
Key = Annotated[str, typer.Option(help="cli.option_key", metavar="FILE|env:NAME")]
Hours = Annotated[int, typer.Option(help="cli.option_hours", min=1, max=LONGEST_HOURS)]
Platform = Annotated[Path | None, typer.Option(help="cli.option_platform")]
Environment = Annotated[str, typer.Option(help="cli.option_environment")]
State = Annotated[Path | None, typer.Option(help="cli.option_state")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="cli.option_quiet")]
Folder = Annotated[Path, typer.Argument(help="cli.argument_path")]

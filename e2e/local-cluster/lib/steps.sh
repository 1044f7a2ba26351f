# shellcheck shell=bash
# Output for the user: steps with progress and duration, and after a failure the end of the log of the affected component.

STEP=
STEP_COMPONENT=
STEP_STARTED=

# Truncates to the terminal width: of a line that wraps, overwriting would clear only the last row.
overwritable() { # LINE
  local width
  read -r _ width < <(stty size <&1 2>/dev/null) || true
  [[ ${width:-} =~ ^[1-9][0-9]+$ ]] || width=80
  printf '\r\033[K%s' "${1:0:width - 1}"
}

say() { printf '%s\n' "$*"; }

die() {
  printf 'cluster: %s\n' "$*" >&2
  exit 1
}

now_ms() { printf '%s' "$((${EPOCHREALTIME/[.,]/} / 1000))"; }

elapsed() { # since a now_ms
  local ms=$(($(now_ms) - $1))
  if ((ms < 60000)); then
    printf '%d.%d s' $((ms / 1000)) $((ms % 1000 / 100))
  else
    printf '%d min %02d s' $((ms / 60000)) $((ms / 1000 % 60))
  fi
}

begin() { # TITLE
  STEP=$1
  STEP_COMPONENT=
  STEP_STARTED=$(now_ms)
  [[ ! -t 1 ]] || overwritable "  … $STEP"
}

# On a terminal, updates one line in place; otherwise prints a line at most every 15 s.
PROGRESS_SHOWN=0
progress() { # TEXT
  if [[ -t 1 ]]; then
    overwritable "  … $STEP, $(elapsed "$STEP_STARTED"): $1"
  elif (($(now_ms) - PROGRESS_SHOWN > 15000)); then
    PROGRESS_SHOWN=$(now_ms)
    printf '  … %s, %s: %s\n' "$STEP" "$(elapsed "$STEP_STARTED")" "$1"
  fi
}

done_() { # [REMARK]
  [[ ! -t 1 ]] || printf '\r\033[K'
  printf '  ✓ %-28s %8s  %s\n' "$STEP" "$(elapsed "$STEP_STARTED")" "${1:-}"
  STEP=
  STEP_COMPONENT=
}

# follow JOB COMMAND...: waits for a background job, showing the output of COMMAND as its progress; returns its exit status.
JOB=
follow() {
  JOB=$1
  shift
  while kill -0 "$JOB" 2>/dev/null; do
    progress "$("$@")"
    sleep 0.5
  done
  local status=0
  wait "$JOB" || status=$?
  JOB=
  return $status
}

# await COMPONENT SECONDS CONDITION COMMAND...: waits until COMMAND succeeds; fails if the component dies first.
await() {
  local deadline=$(($(now_ms) + $2 * 1000)) condition=$3
  STEP_COMPONENT=$1
  shift 3
  until "$@" >/dev/null 2>&1; do
    is_alive "$STEP_COMPONENT" || fail "$STEP_COMPONENT exited before this held: $condition"
    (($(now_ms) < deadline)) || fail "timed out waiting until $condition"
    [[ ! -t 1 ]] || progress "waiting until $condition"
    sleep 0.1
  done
}

fail() { # REASON [COMPONENT]
  REASON=$1
  STEP_COMPONENT=${2:-$STEP_COMPONENT}
  exit 1
}

report_failure() {
  local exit_status=$?
  [[ -z $JOB ]] || kill "$JOB" 2>/dev/null || true
  [[ $exit_status -ne 0 && -n $STEP ]] || return 0
  [[ ! -t 1 ]] || printf '\r\033[K'
  {
    printf '  ✗ %s failed after %s%s\n' "$STEP" "$(elapsed "$STEP_STARTED")" "${REASON:+: $REASON}"
    if [[ -n $STEP_COMPONENT && -s $(log_of "$STEP_COMPONENT") ]]; then
      printf '    Last lines of %s:\n' "$(log_of "$STEP_COMPONENT")"
      tail -n 25 "$(log_of "$STEP_COMPONENT")" | sed 's/^/    | /'
    fi
  } >&2
}
trap report_failure EXIT

"""The papers that results of a case are typeset from: written, looked at, tried."""

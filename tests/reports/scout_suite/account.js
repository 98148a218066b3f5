scoutsuite_results =
{"account_id": "111122223333", "last_run": {"time": "2025-11-12 08:00:00+0000", "version": "5.14.0"}, "services": {"iam": {"findings": {
  "iam-root-without-mfa": {"description": "Root without a second factor", "rationale": "Root may do everything", "level": "danger", "service": "IAM", "flagged_items": 1, "items": ["iam.users.root"], "remediation": "Add one", "references": ["https://kelp.example/mfa"]},
  "iam-password-short": {"description": "Short passwords", "level": "warning", "service": "IAM", "flagged_items": 0, "items": []}
}}}}

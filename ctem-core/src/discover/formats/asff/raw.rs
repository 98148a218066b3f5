//! What of ASFF is read, as the document has it. Everything may be missing.

use crate::model::Component;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Record {
    pub(super) id: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) generator_id: Option<String>,
    pub(super) aws_account_id: Option<String>,
    pub(super) region: Option<String>,
    #[serde(default)]
    pub(super) types: Option<Vec<String>>,
    pub(super) severity: Option<Severity>,
    pub(super) updated_at: Option<String>,
    pub(super) last_observed_at: Option<String>,
    pub(super) record_state: Option<String>,
    pub(super) workflow: Option<Workflow>,
    pub(super) workflow_state: Option<String>,
    pub(super) note: Option<Remark>,
    pub(super) verification_state: Option<String>,
    pub(super) compliance: Option<Compliance>,
    pub(super) remediation: Option<Remediation>,
    pub(super) source_url: Option<String>,
    #[serde(default)]
    pub(super) resources: Option<Vec<Resource>>,
    #[serde(default)]
    pub(super) vulnerabilities: Option<Vec<Vulnerability>>,
    pub(super) epss_score: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Severity {
    pub(super) label: Option<String>,
    pub(super) normalized: Option<f64>,
}

/// What somebody wrote to a finding.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Remark {
    pub(super) text: Option<String>,
    pub(super) updated_by: Option<String>,
    pub(super) updated_at: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Workflow {
    pub(super) status: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Compliance {
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) related_requirements: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Remediation {
    pub(super) recommendation: Option<Recommendation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Recommendation {
    pub(super) text: Option<String>,
    pub(super) url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Resource {
    pub(super) id: Option<String>,
    #[serde(rename = "Type")]
    pub(super) kind: Option<String>,
    pub(super) region: Option<String>,
    details: Option<Details>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Details {
    aws_ec2_instance: Option<Instance>,
    container: Option<Container>,
    other: Option<Other>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Instance {
    #[serde(default, rename = "IpV4Addresses")]
    v4: Option<Vec<String>>,
    #[serde(default, rename = "IpV6Addresses")]
    v6: Option<Vec<String>>,
    pub(super) vpc_id: Option<String>,
}

impl Instance {
    pub(super) fn addresses(&self) -> Vec<&str> {
        self.v4.iter().chain(&self.v6).flatten().map(String::as_str).collect()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Container {
    image_name: Option<String>,
}

/// What a product says in words of its own.
#[derive(Deserialize)]
#[serde(transparent)]
pub(super) struct Other(BTreeMap<String, serde_json::Value>);

impl Other {
    /// The first of these that says something.
    pub(super) fn named(&self, names: &[&str]) -> Option<&str> {
        let mut said = names.iter().filter_map(|name| self.0.get(*name)?.as_str());
        said.find(|text| !text.trim().is_empty())
    }
}

impl Resource {
    pub(super) fn instance(&self) -> Option<&Instance> {
        self.details.as_ref()?.aws_ec2_instance.as_ref()
    }

    pub(super) fn image(&self) -> Option<&str> {
        let image = self.details.as_ref()?.container.as_ref()?.image_name.as_deref();
        image.filter(|image| !image.trim().is_empty())
    }

    pub(super) fn other(&self) -> Option<&Other> {
        self.details.as_ref()?.other.as_ref()
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Vulnerability {
    pub(super) id: Option<String>,
    pub(super) cvss: Option<Vec<Cvss>>,
    pub(super) vulnerable_packages: Option<Vec<Package>>,
    pub(super) related_vulnerabilities: Option<Vec<String>>,
    pub(super) reference_urls: Option<Vec<String>>,
    pub(super) epss_score: Option<f64>,
    pub(super) exploit_available: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Cvss {
    pub(super) base_vector: Option<String>,
    pub(super) base_score: Option<f64>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Package {
    name: Option<String>,
    version: Option<String>,
    epoch: Option<String>,
    release: Option<String>,
    pub(super) file_path: Option<String>,
    pub(super) fixed_in_version: Option<String>,
    pub(super) remediation: Option<String>,
}

impl Package {
    /// The package that Trivy and others write beside the list of flaws.
    pub(super) fn of_other(other: &Other) -> Option<Self> {
        let text = |names: &[&str]| other.named(names).map(str::to_owned);
        Some(Self {
            name: Some(text(&["PkgName", "Package", "PackageName"])?),
            version: text(&["Installed Package", "InstalledVersion", "Installed Version"]),
            fixed_in_version: text(&["Patched Package", "FixedVersion", "Fixed Version"]),
            ..Self::default()
        })
    }

    pub(super) fn component(&self) -> Option<Component> {
        let epoch = self.epoch.as_deref().filter(|epoch| !matches!(*epoch, "" | "0"));
        let epoch = epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
        let release = self.release.as_deref().filter(|release| !release.is_empty());
        let release = release.map(|release| format!("-{release}")).unwrap_or_default();
        let version = self.version.as_deref().map(|version| format!("{epoch}{version}{release}"));
        self.name.as_deref().map(|name| Component::new(name, version.as_deref()))
    }
}

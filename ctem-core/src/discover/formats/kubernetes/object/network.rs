//! What lets traffic through.

use super::{Meta, Word, Words, or_default};
use serde::Deserialize;
use std::fmt;

/// Which objects are meant, by their labels. Nothing stated means all.
#[derive(Deserialize, Default, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Selector {
    #[serde(deserialize_with = "or_default")]
    pub(crate) match_labels: Words,
    #[serde(deserialize_with = "or_default")]
    pub(crate) match_expressions: Vec<Expression>,
}

#[derive(Deserialize, Default, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[serde(default)]
pub(crate) struct Expression {
    #[serde(deserialize_with = "or_default")]
    pub(crate) key: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) operator: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) values: Vec<Word>,
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let labels = self.match_labels.iter().map(|(name, value)| format!("{name}={}", &**value));
        let asked = self.match_expressions.iter().map(|asked| {
            let values: Vec<&str> = asked.values.iter().map(|value| &**value).collect();
            format!("{} {} ({})", asked.key, asked.operator, values.join(" "))
        });
        f.write_str(&labels.chain(asked).collect::<Vec<_>>().join(","))
    }
}

impl Selector {
    /// Whether it asks for nothing.
    pub(crate) fn is_all(&self) -> bool {
        self.match_labels.is_empty() && self.match_expressions.is_empty()
    }

    /// How much there is to compare labels with.
    pub(crate) fn cost(&self) -> usize {
        let asked = self.match_expressions.iter().map(|asked| 1 + asked.values.len());
        (self.match_labels.len() + asked.sum::<usize>()).max(1)
    }

    /// Whether it means what has these labels.
    pub(crate) fn selects(&self, labels: &Words) -> bool {
        has_all(&self.match_labels, labels)
            && self.match_expressions.iter().all(|asked| {
                let value = labels.get(&*asked.key);
                let listed = value.is_some_and(|value| asked.values.iter().any(|one| **one == **value));
                match &*asked.operator {
                    "In" => listed,
                    "NotIn" => !listed,
                    "Exists" => value.is_some(),
                    "DoesNotExist" => value.is_none(),
                    // The API refuses any other.
                    _ => false,
                }
            })
    }
}

/// Whether labels have all that is asked.
pub(crate) fn has_all(asked: &Words, labels: &Words) -> bool {
    asked.iter().all(|(name, value)| labels.get(name) == Some(value))
}

#[derive(Deserialize)]
pub(crate) struct NetworkPolicy {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: PolicySpec,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PolicySpec {
    #[serde(deserialize_with = "or_default")]
    pub(crate) pod_selector: Selector,
    #[serde(deserialize_with = "or_default")]
    pub(crate) policy_types: Vec<Word>,
    pub(crate) ingress: Option<Vec<PolicyRule>>,
    pub(crate) egress: Option<Vec<PolicyRule>>,
}

/// What one rule of a policy lets through. No peers means everybody.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PolicyRule {
    #[serde(deserialize_with = "or_default")]
    pub(crate) from: Vec<PeerSource>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) to: Vec<PeerSource>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) ports: Vec<PolicyPort>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct PolicyPort {
    #[serde(deserialize_with = "or_default")]
    pub(crate) port: Word,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PeerSource {
    pub(crate) pod_selector: Option<Selector>,
    pub(crate) namespace_selector: Option<Selector>,
    pub(crate) ip_block: Option<IpBlock>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct IpBlock {
    #[serde(deserialize_with = "or_default")]
    pub(crate) cidr: Word,
    #[serde(deserialize_with = "or_default")]
    except: Vec<Word>,
}

impl IpBlock {
    /// Whether all of it is taken out again.
    pub(crate) fn is_empty(&self) -> bool {
        let bits = |range: &str| range.rsplit_once('/').and_then(|(_, bits)| bits.parse::<u8>().ok());
        // What is taken out lies within the block, so that one as wide is the block.
        let own = bits(&self.cidr);
        self.except.iter().any(|range| own.is_some() && bits(range).is_some_and(|bits| Some(bits) <= own))
    }
}

#[derive(Deserialize)]
pub(crate) struct Service {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: ServiceSpec,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) status: Balanced,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ServiceSpec {
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(crate) kind: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) selector: Words,
    #[serde(deserialize_with = "or_default")]
    pub(crate) ports: Vec<ServicePort>,
    #[serde(rename = "externalIPs", deserialize_with = "or_default")]
    pub(crate) external_ips: Vec<Word>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) load_balancer_source_ranges: Vec<Word>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ServicePort {
    #[serde(deserialize_with = "or_default")]
    pub(crate) port: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) target_port: Word,
}

/// Which pods stand behind a service: an `EndpointSlice`, or the older `Endpoints`.
#[derive(Deserialize)]
pub(crate) struct Slice {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) endpoints: Vec<Endpoint>,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) subsets: Vec<Subset>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Subset {
    #[serde(deserialize_with = "or_default")]
    pub(crate) addresses: Vec<Endpoint>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Endpoint {
    pub(crate) target_ref: Option<Target>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Target {
    #[serde(deserialize_with = "or_default")]
    pub(crate) kind: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: Word,
    #[serde(deserialize_with = "or_default")]
    pub(crate) namespace: Word,
}

#[derive(Deserialize)]
pub(crate) struct Ingress {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: IngressSpec,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) status: Balanced,
}

/// At which addresses it is reached, as far as somebody has said.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Balanced {
    #[serde(deserialize_with = "or_default")]
    load_balancer: Balancer,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Balancer {
    #[serde(deserialize_with = "or_default")]
    ingress: Vec<Listening>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Listening {
    #[serde(deserialize_with = "or_default")]
    ip: Word,
}

impl Balanced {
    /// The addresses, where all that is said are addresses: a name may stand for any.
    pub(crate) fn addresses(&self) -> Option<impl Iterator<Item = &Word>> {
        let stated = &self.load_balancer.ingress;
        let all = !stated.is_empty() && stated.iter().all(|one| !one.ip.is_empty());
        all.then(|| stated.iter().map(|one| &one.ip))
    }
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct IngressSpec {
    #[serde(alias = "backend", deserialize_with = "or_default")]
    pub(crate) default_backend: Backend,
    #[serde(deserialize_with = "or_default")]
    pub(crate) rules: Vec<IngressRule>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct IngressRule {
    #[serde(deserialize_with = "or_default")]
    pub(crate) http: Http,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Http {
    #[serde(deserialize_with = "or_default")]
    pub(crate) paths: Vec<Path>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Path {
    #[serde(deserialize_with = "or_default")]
    pub(crate) backend: Backend,
}

/// The service that requests are handed to, in the spelling of today and in that before it.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Backend {
    #[serde(deserialize_with = "or_default")]
    service: Named,
    #[serde(deserialize_with = "or_default")]
    service_name: Word,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Named {
    #[serde(deserialize_with = "or_default")]
    name: Word,
}

impl IngressSpec {
    /// The services it hands requests to.
    pub(crate) fn services(&self) -> impl Iterator<Item = &Word> {
        let paths = self.rules.iter().flat_map(|rule| &rule.http.paths).map(|path| &path.backend);
        std::iter::once(&self.default_backend)
            .chain(paths)
            .flat_map(|backend| [&backend.service.name, &backend.service_name])
            .filter(|name| !name.is_empty())
    }
}

/// Where a gateway listens.
#[derive(Deserialize)]
pub(crate) struct Gateway {
    #[serde(default)]
    pub(crate) metadata: Meta,
}

/// What a gateway hands on, and to which services.
#[derive(Deserialize)]
pub(crate) struct Route {
    #[serde(default)]
    pub(crate) metadata: Meta,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) spec: RouteSpec,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RouteSpec {
    #[serde(deserialize_with = "or_default")]
    pub(crate) parent_refs: Vec<Target>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) rules: Vec<RouteRule>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct RouteRule {
    #[serde(deserialize_with = "or_default")]
    pub(crate) backend_refs: Vec<Target>,
}

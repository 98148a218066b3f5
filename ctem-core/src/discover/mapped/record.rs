//! One record: which list takes it, and the claim it makes.

use super::{scope::Scope, texts::tokens};
use crate::{
    discover::{
        claim::{Claim, published_within},
        cloud_name::is_global,
        draft::Draft,
        host::Machine,
        image::ImageNames,
        mapping::{AssetOf, Expression, Kind, List, Parts},
    },
    error::{Error, Result, quoted},
    id::{self, AssetId, Cve},
    model::{
        Acceptance, AssetKind, Component, Location, NoteKind, Status, WeaknessKind,
        address::{Extent, address, extent},
    },
    time::Moment,
    word,
};
use std::{borrow::Cow, str::FromStr};

/// Whether a record says what a list asks of its own: one of the words, or, before words with `!`, none of them; `*` is any.
pub(super) fn is_of(list: &List, scope: &Scope<'_, '_>) -> bool {
    list.only.0.iter().all(|(path, words)| {
        let mut texts = Vec::new();
        scope.texts(path, &mut texts);
        let says = |word: &str| match word {
            "*" => !texts.is_empty(),
            word => texts.iter().any(|text| word::plain(text) == word::plain(word)),
        };
        let (not, is): (Vec<_>, Vec<_>) = words.iter().partition(|word| word.starts_with('!'));
        (is.is_empty() || is.iter().any(|word| says(word)))
            && !not.iter().any(|word| says(word.trim_start_matches('!')))
    })
}

/// Turns a record into what it claims: a finding for each of its parts, or that all is well.
pub(super) fn take(
    list: &List,
    parts: &Parts,
    scope: &Scope<'_, '_>,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    if list.skip.is_some() {
        return Ok(());
    }
    let fields = Fields { list, common: &parts.common };
    let each = fields.of(|list| list.each.as_ref()).map(|each| each.all(scope)).unwrap_or_default();
    if each.is_empty() {
        return claim(&fields, parts, scope, place, draft);
    }
    each.iter().try_for_each(|part| {
        let scope = Scope { part: Some(part), ..*scope };
        claim(&fields, parts, &scope, place, draft)
    })
}

/// The fields of a list, and those of all lists where it does not say.
struct Fields<'p> {
    list: &'p List,
    common: &'p List,
}

impl<'p> Fields<'p> {
    fn of<T>(&self, field: impl Fn(&'p List) -> Option<&'p T>) -> Option<&'p T> {
        field(self.list).or_else(|| field(self.common))
    }
}

fn claim(
    fields: &Fields<'_>,
    parts: &Parts,
    scope: &Scope<'_, '_>,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<()> {
    let secret = fields.of(|list| list.secret.as_ref());
    let value = secret.and_then(|secret| secret.value.as_ref()?.first(scope)).unwrap_or_default();
    // Of a text with the secret in it, nothing is kept. A rule is named whatever it found: `password` is found by "Generic Password".
    let kept = |text: &Cow<'_, str>| value.len() < 4 || !text.contains(&*value);
    let all = |expression: Option<&Expression>| {
        let texts = expression.map(|one| one.all(scope)).unwrap_or_default();
        texts.into_iter().filter(kept).collect::<Vec<_>>()
    };
    let named =
        |expression: Option<&Expression>| expression.and_then(|one| one.first(scope)).unwrap_or_default();
    let one = |expression: Option<&Expression>| Some(named(expression)).filter(kept).unwrap_or_default();
    let number = |expression: Option<&Expression>| one(expression).trim().parse::<f64>().ok();

    let Some(status) = status(&one(fields.of(|list| list.status.as_ref())), place, draft) else {
        draft.clear();
        return Ok(());
    };
    let ids = all(fields.of(|list| list.ids.as_ref()));
    let names: Vec<Cow<'_, str>> = ids.iter().flat_map(|text| tokens(text)).filter_map(published).collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    let title = one(fields.of(|list| list.title.as_ref()));
    let stated_rule = named(fields.of(|list| list.rule.as_ref()));
    // What is no published name is the tool's own, and where the tool has none, the title tells records apart.
    let own = ids.iter().find(|text| !tokens(text).any(id::is_published));
    let rule =
        [&*stated_rule, own.map_or("", |text| text), names.first().copied().unwrap_or_default(), &title];
    let rule = rule.into_iter().find(|text| !text.is_empty()).unwrap_or_default();

    let stated = fields.of(|list| list.kind.as_ref());
    let kind = match stated.and_then(|kind| of_kind(kind, scope, place, draft)) {
        Some(WeaknessKind::Secret) => WeaknessKind::Secret,
        // What has a CVE is a vulnerability, whatever else the list has in it.
        _ if names.iter().any(|name| Cve::of(name).is_some()) => WeaknessKind::Vulnerability,
        Some(kind) => kind,
        None => WeaknessKind::default(),
    };
    let asset = asset(fields.of(|list| list.asset.as_ref()), scope, place, draft)?;

    let verified = one(secret.and_then(|secret| secret.verified.as_ref()));
    let verified = Some(verified).filter(|word| !word.is_empty()).and_then(|word| word::flag(&word));

    let description = one(fields.of(|list| list.description.as_ref()));
    let severity = one(fields.of(|list| list.severity.as_ref()));
    let (cwes, fixed_in) =
        (all(fields.of(|list| list.cwes.as_ref())), all(fields.of(|list| list.fixed_in.as_ref())));
    let tags = all(fields.of(|list| list.tags.as_ref()));
    let (advice, link) =
        (one(fields.of(|list| list.advice.as_ref())), one(fields.of(|list| list.link.as_ref())));
    let seen = one(fields.of(|list| list.seen.as_ref()));
    let seen = if seen.is_empty() { seen } else { time(&seen, &parts.times).into() };

    let mut claim = Claim::new(asset, kind, rule, place);
    claim.title = &title;
    claim.names = names;
    claim.description = &description;
    claim.severity = &severity;
    // Some tools put a version before vectors of 2.0, which have none.
    let vector =
        |text: Cow<'_, str>| text.trim_start_matches("CVSS:2.0/").trim_matches(['(', ')']).to_owned();
    claim.cvss = all(fields.of(|list| list.cvss.as_ref())).into_iter().map(vector).collect();
    claim.score = number(fields.of(|list| list.score.as_ref()))
        .or_else(|| severity.parse().ok().filter(|score| (0.0..=10.0).contains(score)));
    claim.epss = number(fields.of(|list| list.epss.as_ref()));
    claim.known_exploited =
        word::flag(&one(fields.of(|list| list.known_exploited.as_ref()))).unwrap_or_default();
    claim.cwes = cwes.iter().map(|cwe| &**cwe).collect();
    claim.file_under("", tags.iter().map(|tag| &**tag));
    claim.component = fields.of(|list| list.component.as_ref()).map(|component| {
        let version = named(component.version.as_ref());
        Component::new(&named(Some(&component.name)), Some(&*version))
            .with_purl(Some(&*named(component.purl.as_ref())))
    });
    claim.location = fields.of(|list| list.location.as_ref()).map(|location| {
        let said =
            |expression: &Option<Expression>| Some(one(expression.as_ref())).filter(|text| !text.is_empty());
        let whole = |expression: &Option<Expression>| {
            said(expression)?.parse::<f64>().ok().map(|number| number as u32)
        };
        let protocol = said(&location.protocol).unwrap_or("tcp".into()).to_ascii_lowercase();
        let port = whole(&location.port).filter(|port| (1..=65_535).contains(port));
        Location {
            path: said(&location.path).map(Box::from),
            line: whole(&location.line).filter(|line| *line > 0),
            url: said(&location.url).map(Box::from),
            port: port.map(|port| format!("{port}/{protocol}").into()),
        }
    });
    let has_package = claim.component.as_ref().is_some_and(|component| !component.name.trim().is_empty());
    // A hash of a weak secret is the secret, to one who can try words, so no more is kept of it than of a value.
    let hash = one(secret.and_then(|secret| secret.hash.as_ref()));
    let hashed = Some(hash).filter(|hash| !hash.is_empty() && value.is_empty());
    let hashed = hashed.and_then(|hash| draft.options.secret_key.keep(&hash, None).fingerprint);
    let instance = match hashed {
        Some(hashed) => Cow::Owned(hashed.into()),
        None => one(fields.of(|list| list.instance.as_ref())),
    };
    // A package's flaw is told by the package, and a secret by its value.
    let is_told = (kind == WeaknessKind::Vulnerability && has_package) || value.len() >= 4;
    let instance = Some(instance).filter(|_| !is_told).unwrap_or_default();
    // One flaw that a tool's rules find in several products of a machine is one of each, where it does not name them.
    let by_rule = kind == WeaknessKind::Vulnerability && !has_package;
    claim.instance = if instance.is_empty() && by_rule { rule } else { &instance };
    let mark = named(fields.of(|list| list.mark.as_ref()));
    claim.mark = &mark;
    claim.status = status;
    if let Some(accepted) = fields.of(|list| list.acceptance.as_ref()).filter(|_| status == Status::Accepted)
    {
        let said =
            |expression: &Option<Expression>| Some(one(expression.as_ref())).filter(|text| !text.is_empty());
        let mut moment = |expression: &Option<Expression>| {
            let text = said(expression).map(|text| time(&text, &parts.times));
            draft.moment(text.as_deref(), place)
        };
        claim.acceptance = Acceptance {
            since: moment(&accepted.since),
            until: moment(&accepted.until),
            by: said(&accepted.by).map(Box::from),
            reason: said(&accepted.reason).map(Box::from),
        };
    }
    let is_secret = secret.is_some() || kind == WeaknessKind::Secret;
    claim.secret = is_secret.then(|| draft.options.secret_key.keep(&value, verified));
    claim.fixed_in = fixed_in.iter().map(|version| &**version).collect();
    claim.advice = &advice;
    claim.link = &link;
    claim.seen = &seen;
    draft.claim(claim)
}

fn asset(
    stated: Option<&AssetOf>,
    scope: &Scope<'_, '_>,
    place: &str,
    draft: &mut Draft<'_>,
) -> Result<AssetId> {
    let kind = stated.and_then(|asset| of_kind(&asset.kind, scope, place, draft)).unwrap_or(AssetKind::Host);
    let name = stated.and_then(|asset| asset.name.as_ref()).and_then(|name| name.first(scope));
    let Some(name) = name else { return draft.default_asset(kind) };
    let also = stated.and_then(|asset| asset.also.as_ref()).map(|also| also.all(scope)).unwrap_or_default();
    let also: Vec<&str> = also.iter().map(|name| &**name).collect();
    let within = stated.and_then(|asset| asset.within.as_ref()).and_then(|within| within.first(scope));
    if let Some(network) = within.as_deref().filter(|_| kind == AssetKind::Host) {
        // Of machines, only those of which no more is known than a private address.
        let is_private = address(&name).is_some_and(|address| extent(address) != Extent::Public);
        if is_private {
            let (addresses, hints) = also.iter().copied().partition(|other| address(other).is_some());
            let machine = Machine { names: vec![&*name], addresses, hints, network, ..Machine::default() };
            return draft.machine(&machine);
        }
    } else if let Some(within) = within.filter(|_| !is_global(&name)) {
        let id = draft.asset_also(&format!("{within}/{name}"), kind.clone(), &also)?;
        return Ok(draft.asset_seen_as(id, kind, Some(&*name), &[]));
    }
    match kind {
        AssetKind::Host => draft.machine_called(&name, &also),
        AssetKind::Workload => draft.image(&ImageNames::of(&name, &also)),
        kind => draft.asset_also(&name, kind, &also),
    }
}

/// The published name that a word is, or that it begins with: `CVE-2021-1234-openssl` names where it was found, too.
fn published(token: &str) -> Option<Cow<'_, str>> {
    if Cve::of(token).is_some() {
        return Some(token.into());
    }
    let begins = |mark: &str| token.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
    let within = || published_within(token).map(Cow::Owned);
    let whole = || id::is_published(token).then_some(Cow::Borrowed(token));
    if begins("CVE-") || begins("GHSA-") { within().or_else(whole) } else { None }
}

/// The kind that is stated, or that a word says; a word that is none is noted.
fn of_kind<T: FromStr<Err = Error> + Clone>(
    kind: &Kind<T>,
    scope: &Scope<'_, '_>,
    place: &str,
    draft: &mut Draft<'_>,
) -> Option<T> {
    let expression = match kind {
        Kind::Is(kind) => return Some(kind.clone()),
        Kind::Of(expression) => expression,
    };
    let word = expression.first(scope)?;
    word.parse().inspect_err(|error| draft.left_out("the kind", error, place)).ok()
}

/// What a word says of a record: a status, or none where all is well. A word that is not known is taken for open, with a note.
fn status(said: &str, place: &str, draft: &mut Draft<'_>) -> Option<Status> {
    match &*word::plain(said) {
        ""
        | "open"
        | "new"
        | "active"
        | "reopened"
        | "re_opened"
        | "confirmed"
        | "detected"
        | "fail"
        | "failed"
        | "affected"
        | "vulnerable"
        | "to_review"
        | "unreviewed"
        | "triaged"
        | "existing"
        | "unresolved"
        | "unfixed"
        | "exploitable"
        | "in_triage"
        | "in_progress"
        | "under_investigation"
        | "pending"
        | "assigned"
        | "recurrent"
        | "persistent"
        | "reintroduced"
        | "resurfaced" => Some(Status::Open),
        "fixed" | "resolved" | "closed" | "remediated" | "mitigated" | "done" | "patched" | "solved" => {
            Some(Status::Fixed)
        }
        "not_affected" | "false_positive" | "falsepositive" | "false_positives" | "suppressed"
        | "not_exploitable" | "not_a_problem" | "not_vulnerable" | "not_an_issue" => {
            Some(Status::NotAffected)
        }
        "accepted" | "accept" | "risk_accepted" | "accepted_risk" | "acceptrisk" | "wont_fix"
        | "won't_fix" | "ignored" | "dismissed" | "excepted" | "tolerated" | "muted" | "waived"
        | "exempted" => Some(Status::Accepted),
        "clear" | "pass" | "passed" | "ok" | "success" | "skipped" | "not_applicable" => None,
        _ => {
            let what = format!("{} is no known status: the finding is taken to be open", quoted(said));
            draft.note(NoteKind::Assumed, place, what);
            Some(Status::Open)
        }
    }
}

/// A time in the engine's spelling, when it is in one of these; otherwise as it is.
pub(super) fn time(text: &str, formats: &[Box<str>]) -> String {
    let text = text.trim();
    if text.parse::<Moment>().is_ok() {
        return text.to_owned();
    }
    // Seconds or milliseconds since 1970, as many tools write them.
    let since_1970 = text.parse::<f64>().ok().filter(|number| *number >= 1e8).map(|number| {
        let seconds = if number >= 1e11 { number / 1000.0 } else { number };
        Moment::from_unix_seconds(seconds as i64).ok()
    });
    let stated = || formats.iter().find_map(|format| Moment::by_format(text, format));
    since_1970.flatten().or_else(stated).map_or_else(|| text.to_owned(), |moment| moment.to_string())
}

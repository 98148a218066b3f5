use crate::{
    answer::{self, OnProgress},
    columns::{Columns, Laid},
    error::raise,
    intel::Intel,
    work::{Bytes, Given, Memory, done, text},
};
use ctem_core::{
    attack::OnProgress as CoreProgress,
    prioritize::{Batch, Column, Integers, Texts, TimeUnit},
    wire::{
        self,
        ask::{self, Count, RenderRequest},
    },
};
use napi::{
    Env, Result,
    bindgen_prelude::{BigInt64Array, Float64Array, Int32Array, Uint8Array},
};
use napi_derive::napi;
use std::sync::Arc;

/// What is worst, as of a moment, and why.
#[napi]
// Shared, since an answer may still be looked for when the object is gone.
pub struct Assessment(pub(crate) Arc<ctem_core::Assessment>);

#[napi]
impl Assessment {
    /// The exposures, the worst first.
    #[napi]
    pub fn ranked<'env>(
        &self,
        env: &'env Env,
        at_most: Option<f64>,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let assessment = Arc::clone(&self.0);
        text(env, off, move |_| ask::ranked(&assessment, at_most.map(Count::from)))
    }

    /// The exposure at a place of the ranking, as a list.
    #[napi]
    pub fn ranked_at(&self, place: u32) -> Result<String> {
        ask::ranked_at(&self.0, &[place as usize]).map_err(raise)
    }

    /// The exposures in columns.
    #[napi]
    pub fn columns<'env>(
        &self,
        env: &'env Env,
        at_most: Option<f64>,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, Columns>> {
        let assessment = Arc::clone(&self.0);
        let work = move |progress: CoreProgress<'_>| {
            Laid::of(ask::exposures_in_columns(&assessment, at_most.map(Count::from), progress)?)
        };
        done(env, off, work, Columns::from)
    }

    /// The loss events.
    #[napi]
    pub fn loss_events(&self) -> String {
        wire::loss_events(&self.0)
    }

    /// What was assumed, and what had no effect.
    #[napi]
    pub fn notes(&self) -> Result<String> {
        wire::json(self.0.notes()).map_err(raise)
    }

    /// The expected loss of all loss events together.
    #[napi]
    pub fn risk(&self) -> Result<String> {
        wire::json(&self.0.risk()).map_err(raise)
    }

    /// Why a finding or relation ranks where it does.
    #[napi]
    pub fn explain<'env>(
        &self,
        env: &'env Env,
        finding: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let assessment = Arc::clone(&self.0);
        text(env, off, move |_| ask::explain(&assessment, &finding))
    }

    /// The answer to a question, which is a document.
    #[napi]
    pub fn answer<'env>(
        &self,
        env: &'env Env,
        question: String,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let assessment = Arc::clone(&self.0);
        text(env, off, move |progress| answer::answer(&assessment, &question, progress))
    }

    /// All of it.
    #[napi]
    pub fn to_json<'env>(
        &self,
        env: &'env Env,
        at_most: Option<f64>,
        explained: bool,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let assessment = Arc::clone(&self.0);
        text(env, off, move |_| ask::document(&assessment, at_most.map(Count::from), explained))
    }

    /// For people: as a table, as Markdown or as a page; or for another tool, in its form.
    #[napi]
    pub fn shown<'env>(
        &self,
        env: &'env Env,
        kind: String,
        how: RenderOptions,
        form: Option<String>,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let (assessment, how) = (Arc::clone(&self.0), How::of(how, off.as_ref()));
        text(env, off, move |_| shown(&assessment, &kind, &how, form.as_deref()))
    }

    /// Whether this may go on.
    #[napi]
    pub fn gate<'env>(
        &self,
        env: &'env Env,
        policy: Uint8Array,
        baseline: Uint8Array,
        off: Option<OnProgress>,
    ) -> Result<Given<'env, String>> {
        let assessment = Arc::clone(&self.0);
        let [policy, baseline] = [policy, baseline].map(|data| Bytes::of(data, off.as_ref()));
        text(env, off, move |_| ask::gate(&assessment, &policy, &baseline))
    }

    /// What it is, on one line.
    #[napi]
    pub fn words(&self) -> String {
        self.0.to_string()
    }

    /// How many findings stand.
    #[napi(getter)]
    pub fn length(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }
}

/// How an assessment is shown.
#[napi(object)]
pub struct RenderOptions {
    pub at_most: Option<f64>,
    pub explained: Option<f64>,
    pub width: Option<f64>,
    pub budget: Option<Uint8Array>,
    pub only: Option<String>,
}

/// The same, to be kept while it is shown.
struct How {
    counts: [Option<f64>; 3],
    budget: Option<Bytes>,
    only: Option<String>,
}

impl How {
    fn of(how: RenderOptions, off: Option<&OnProgress>) -> Self {
        let RenderOptions { at_most, explained, width, budget, only } = how;
        Self { counts: [at_most, explained, width], budget: Bytes::given(budget, off), only }
    }
}

fn shown(
    assessment: &ctem_core::Assessment,
    kind: &str,
    how: &How,
    form: Option<&str>,
) -> ctem_core::Result<String> {
    let [at_most, explained, width] = how.counts.map(|stated| stated.map(Count::from));
    let (budget, only) = (how.budget.as_deref(), how.only.as_deref().map(Box::from));
    let how = RenderRequest { at_most, explained, width, budget, only, ..RenderRequest::default() };
    match (kind, form) {
        (_, Some(form)) => ask::export(assessment, form, how),
        ("markdown", None) => ask::markdown(assessment, how),
        ("html", None) => ask::html(assessment, how),
        (_, None) => ask::table(assessment, how),
    }
}

/// An answer as a picture.
#[napi]
pub fn picture(answer: Uint8Array) -> Result<String> {
    ask::picture(&answer).map_err(raise)
}

/// The risk of one row, and why.
#[napi]
pub fn score(row: Uint8Array, intel: Option<&Intel>, horizon_days: Option<f64>) -> Result<String> {
    ask::score(&row, &Intel::or_none(intel), horizon_days).map_err(raise)
}

/// The risk of each row.
#[napi]
pub fn score_all<'env>(
    env: &'env Env,
    rows: Uint8Array,
    intel: Option<&Intel>,
    horizon_days: Option<f64>,
    off: Option<OnProgress>,
) -> Result<Given<'env, Float64Array>> {
    let (rows, intel) = (Bytes::of(rows, off.as_ref()), Intel::or_none(intel));
    let work = move |_: CoreProgress<'_>| ask::score_all(&rows, &intel, horizon_days);
    done(env, off, work, Float64Array::from)
}

/// A column of a table: numbers, flags, milliseconds since 1970, or texts, which codes may point at.
#[napi(object)]
pub struct TableColumn {
    pub name: String,
    pub numbers: Option<Float64Array>,
    pub flags: Option<Uint8Array>,
    pub milliseconds: Option<BigInt64Array>,
    pub codes: Option<Int32Array>,
    pub texts: Option<Vec<Option<String>>>,
}

/// The same, to be kept while its rows are scored.
struct KeptColumn {
    name: String,
    numbers: Option<Memory<Float64Array, f64>>,
    flags: Option<Bytes>,
    milliseconds: Option<Memory<BigInt64Array, i64>>,
    codes: Option<Memory<Int32Array, i32>>,
    texts: Vec<Option<String>>,
}

impl KeptColumn {
    fn of(column: TableColumn, off: Option<&OnProgress>) -> Self {
        let TableColumn { name, numbers, flags, milliseconds, codes, texts } = column;
        Self {
            name,
            numbers: Memory::given(numbers, off),
            flags: Memory::given(flags, off),
            milliseconds: Memory::given(milliseconds, off),
            codes: Memory::given(codes, off),
            texts: texts.unwrap_or_default(),
        }
    }

    fn lent(&self) -> Column<'_> {
        let texts = || Texts::new(self.texts.len(), |at| self.texts.get(at)?.as_deref());
        match self {
            Self { numbers: Some(values), .. } => Column::numbers(values),
            Self { flags: Some(values), .. } => Column::integers(Integers::U8(values)),
            Self { milliseconds: Some(values), .. } => {
                Column::moments(Integers::I64(values), TimeUnit::Milliseconds)
            }
            Self { codes: Some(values), .. } => Column::coded(Integers::I32(values), Arc::new(texts())),
            Self { .. } => Column::texts(texts()),
        }
    }
}

/// The risks of a table's rows, and the rows that have none.
#[napi(object)]
pub struct TableScores {
    pub risks: Float64Array,
    pub errors: String,
}

/// The risk of each row of a table.
#[napi]
pub fn score_table<'env>(
    env: &'env Env,
    columns: Vec<TableColumn>,
    intel: Option<&Intel>,
    horizon_days: Option<f64>,
    off: Option<OnProgress>,
) -> Result<Given<'env, TableScores>> {
    let columns: Vec<_> = columns.into_iter().map(|column| KeptColumn::of(column, off.as_ref())).collect();
    let intel = Intel::or_none(intel);
    let work = move |progress: CoreProgress<'_>| {
        let batch = Batch::of(columns.iter().map(|column| (&*column.name, column.lent())))?;
        let scores = ask::score_table(&[batch], &intel, horizon_days, progress)?;
        Ok((scores.risks, wire::json(&scores.errors)?))
    };
    done(env, off, work, |(risks, errors)| TableScores { risks: risks.into(), errors })
}

//! The forms that an answer has.

use super::{files::STREAM, outside::Failure};
use crate::{
    mobilize::Budget,
    prioritize::Assessment,
    render::{self, Export, RenderOptions},
    scope::AssetSelector,
    wire::{self, DocumentOptions},
};
use clap::ValueEnum;
use std::path::Path;

/// A form of the plan and the ranking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    /// For the terminal
    Text,
    /// For wikis and tickets
    Markdown,
    /// A page of its own
    Html,
    /// The document, with reasons: for programs, and as a baseline
    Json,
    /// For spreadsheets
    Csv,
    /// For code hosts
    Sarif,
    /// What is affected and what is not, as OpenVEX
    Openvex,
    /// The same, as CycloneDX
    CyclonedxVex,
    /// Findings for data lakes
    Ocsf,
    /// Attack paths, for wikis
    Mermaid,
    /// Attack paths, for Graphviz
    Dot,
    /// Attack paths, for Gephi and yEd
    Graphml,
    /// Attack paths, as STIX
    AttackFlow,
}

impl Form {
    /// The form that the ending of a file's name says, or the one that is asked for.
    pub(super) fn of(path: &Path, asked: Option<Self>, files: usize) -> Result<Self, Failure> {
        let is_stream = path.as_os_str() == STREAM;
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        let told = match ending.as_deref() {
            _ if is_stream => None,
            Some("txt" | "text") => Some(Self::Text),
            Some("md" | "markdown") => Some(Self::Markdown),
            Some("html" | "htm") => Some(Self::Html),
            Some("json") => Some(Self::Json),
            Some("csv") => Some(Self::Csv),
            Some("sarif") => Some(Self::Sarif),
            Some("mmd" | "mermaid") => Some(Self::Mermaid),
            Some("dot" | "gv") => Some(Self::Dot),
            Some("graphml") => Some(Self::Graphml),
            Some(_) | None => None,
        };
        let (first, second) = if files == 1 { (asked, told) } else { (told, asked) };
        match first.or(second) {
            Some(form) => Ok(form),
            None if is_stream => Ok(Self::Text),
            None => Err(Failure(format!(
                "`{}` does not say in its ending which form it has: state `--output`",
                path.display()
            ))),
        }
    }

    /// An assessment in this form: so many rows, so many of them with reasons, so wide, with a plan of this budget.
    pub(super) fn of_assessment(self, today: &Assessment, asked: Asked) -> String {
        let Asked { top, explained, width, budget, only } = asked;
        let shown = |most: usize| {
            let defaults = RenderOptions::default();
            let at_most = top.unwrap_or(most);
            let explained = explained.unwrap_or(defaults.explained);
            RenderOptions { at_most, explained, width, budget, only: only.clone() }
        };
        let (few, pages, all) = (shown(20), shown(1000), shown(usize::MAX));
        match self {
            Self::Text => render::table(today, &few),
            Self::Markdown => render::markdown(today, &pages),
            Self::Html => render::html(today, &pages),
            Self::Json => {
                let options = DocumentOptions { at_most: all.at_most, explained: true, budget };
                wire::assessment(today, &options)
            }
            Self::Csv => render::export(today, Export::Csv, &all),
            Self::Sarif => render::export(today, Export::Sarif, &all),
            Self::Openvex => render::export(today, Export::OpenVex, &all),
            Self::CyclonedxVex => render::export(today, Export::CycloneDx, &all),
            Self::Ocsf => render::export(today, Export::Ocsf, &all),
            Self::Mermaid => render::export(today, Export::Mermaid, &few),
            Self::Dot => render::export(today, Export::Dot, &few),
            Self::Graphml => render::export(today, Export::GraphMl, &few),
            Self::AttackFlow => render::export(today, Export::AttackFlow, &few),
        }
    }
}

/// How much of an answer is asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) top: Option<usize>,
    pub(super) explained: Option<usize>,
    pub(super) width: usize,
    pub(super) budget: Budget,
    pub(super) only: AssetSelector,
}

/// The same text with a line break at its end.
pub(super) fn line(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

//! How well an order tells what happens from what does not: coverage, efficiency and AUC, with ties shared out.

/// Cases in groups of equal score, the worst first, and the groups of those that were exploited.
pub(super) struct Order {
    rows: f64,
    /// Rows before each group, rows in it, and exploited ones before and in it.
    groups: Vec<Group>,
    /// The group of each exploited case, in the order of cases.
    exploited: Vec<usize>,
}

struct Group {
    before: f64,
    size: f64,
    exploited_before: f64,
    exploited: f64,
}

impl Order {
    /// The order of scores, where nothing ranks last. O(n log n).
    pub(super) fn of(scores: &[Option<f64>], exploited: impl Fn(usize) -> bool) -> Self {
        let key = |n: &usize| scores.get(*n).copied().flatten().unwrap_or(f64::NEG_INFINITY);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| key(b).total_cmp(&key(a)));
        let (mut groups, mut of_exploited) = (Vec::new(), Vec::new());
        let (mut before, mut exploited_before) = (0.0, 0.0);
        for group in order.chunk_by(|a, b| key(a) == key(b)) {
            let hit = group.iter().copied().filter(|n| exploited(*n));
            let known = of_exploited.len();
            of_exploited.extend(hit.map(|n| (n, groups.len())));
            let count = (of_exploited.len() - known) as f64;
            groups.push(Group { before, size: group.len() as f64, exploited_before, exploited: count });
            before += group.len() as f64;
            exploited_before += count;
        }
        of_exploited.sort_unstable();
        let exploited = of_exploited.into_iter().map(|(_, group)| group).collect();
        Self { rows: scores.len() as f64, groups, exploited }
    }

    /// For each exploited case the chance that it is among so many rows from the top, when ties are broken by lot. Their mean is
    /// the coverage.
    pub(super) fn covered(&self, effort: f64) -> impl Iterator<Item = f64> + '_ {
        let rows = effort * self.rows;
        self.exploited_groups().map(move |group| ((rows - group.before) / group.size).clamp(0.0, 1.0))
    }

    /// For each exploited case the part of the others that it ranks before, ties counting half. Their mean is the area under the
    /// receiver operating characteristic (Hanley and McNeil, Radiology 143, 1982).
    pub(super) fn ahead(&self) -> impl Iterator<Item = f64> + '_ {
        let others = self.rows - self.exploited.len() as f64;
        self.exploited_groups().map(move |group| {
            let tied = group.size - group.exploited;
            let before = group.before - group.exploited_before;
            if others > 0.0 { (others - before - 0.5 * tied) / others } else { 0.5 }
        })
    }

    fn exploited_groups(&self) -> impl Iterator<Item = &Group> {
        self.exploited.iter().filter_map(|group| self.groups.get(*group))
    }
}

/// The mean of each column, and its interval when rows are drawn again, with replacement, so many times (the percentile bootstrap:
/// Efron, *Bootstrap methods*, Annals of Statistics 7, 1979). Every column is drawn with the same rows, so that differences of
/// columns are paired. O(rows · columns · resamples).
pub(super) fn bootstrapped(
    rows: &[Vec<f64>],
    confidence: f64,
    resamples: usize,
    seed: u64,
) -> Vec<(f64, f64, f64)> {
    let columns = rows.first().map_or(0, Vec::len);
    let count = rows.len() as u64;
    let mean = |sums: &[f64]| -> Vec<f64> { sums.iter().map(|sum| sum / count as f64).collect() };
    let add =
        |sums: &mut Vec<f64>, row: &[f64]| sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    let mut whole = vec![0.0; columns];
    rows.iter().for_each(|row| add(&mut whole, row));
    let mut drawn: Vec<Vec<f64>> = vec![Vec::with_capacity(resamples); columns];
    let mut numbers = Numbers(seed);
    let mut sums = vec![0.0; columns];
    for _ in 0..resamples {
        sums.fill(0.0);
        for _ in 0..count {
            if let Some(row) = rows.get(numbers.below(count)) {
                add(&mut sums, row);
            }
        }
        drawn.iter_mut().zip(mean(&sums)).for_each(|(column, mean)| column.push(mean));
    }
    let ends = |mut column: Vec<f64>| {
        column.sort_unstable_by(f64::total_cmp);
        let at = |part: f64| {
            column.get((part * (column.len() as f64 - 1.0)).round() as usize).copied().unwrap_or(0.0)
        };
        (at(0.5 * (1.0 - confidence)), at(0.5 * (1.0 + confidence)))
    };
    mean(&whole)
        .into_iter()
        .zip(drawn.into_iter().map(ends))
        .map(|(mean, (lower, upper))| (mean, lower, upper))
        .collect()
}

/// Numbers that a seed decides: SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
struct Numbers(u64);

impl Numbers {
    /// A number below `end`, each as likely as any other but for one part in 2⁶⁴ / `end`.
    fn below(&mut self, end: u64) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(z ^ (z >> 31)) * u128::from(end)) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(scores: &[f64], exploited: &[usize]) -> Order {
        let scores: Vec<Option<f64>> =
            scores.iter().map(|score| Some(*score).filter(|score| !score.is_nan())).collect();
        Order::of(&scores, |n| exploited.contains(&n))
    }

    fn mean(numbers: impl Iterator<Item = f64>) -> f64 {
        let numbers: Vec<f64> = numbers.collect();
        numbers.iter().sum::<f64>() / numbers.len() as f64
    }

    #[test]
    fn a_perfect_order_covers_all_and_a_reversed_one_nothing() {
        let scores: Vec<f64> = (0..100).map(f64::from).collect();
        let best = order(&scores, &[99, 98, 97, 96, 95]);
        assert_eq!((mean(best.ahead()), mean(best.covered(0.05)), mean(best.covered(0.02))), (1.0, 1.0, 0.4));
        let worst = order(&scores, &[0, 1]);
        assert_eq!(
            (mean(worst.ahead()), mean(worst.covered(0.9)), mean(worst.covered(1.0))),
            (0.0, 0.0, 1.0)
        );
    }

    #[test]
    fn where_all_tie_an_effort_covers_its_own_part() {
        let tied = order(&[1.0; 40], &[3, 17, 39]);
        for effort in [0.05, 0.1, 0.5, 1.0] {
            assert!((mean(tied.covered(effort)) - effort).abs() < 1e-12);
        }
        assert_eq!(mean(tied.ahead()), 0.5);
    }

    #[test]
    fn the_area_is_that_of_mann_and_whitney() {
        // Scores 3 and 1 were exploited, 2 and 1 were not: of four pairs two are in order and one ties.
        assert_eq!(mean(order(&[3.0, 1.0, 2.0, 1.0], &[0, 1]).ahead()), 2.5 / 4.0);
        // Hanley and McNeil 1982, table I: 109 CT images on a scale of five, area 0.893.
        let normal = [33, 6, 6, 11, 2];
        let abnormal = [3, 2, 2, 11, 33];
        let (mut scores, mut exploited) = (Vec::new(), Vec::new());
        for (score, (no, yes)) in normal.iter().zip(abnormal).enumerate() {
            scores.extend(std::iter::repeat_n(score as f64, *no));
            exploited.extend(scores.len()..scores.len() + yes);
            scores.extend(std::iter::repeat_n(score as f64, yes));
        }
        assert!((mean(order(&scores, &exploited).ahead()) - 0.893).abs() < 5e-4);
    }

    #[test]
    fn what_is_unknown_ranks_last_and_ties() {
        let order = order(&[f64::NAN, 0.1, f64::NAN, -5.0], &[0, 1]);
        assert_eq!(order.covered(0.25).collect::<Vec<_>>(), [0.0, 1.0]);
        assert_eq!(order.covered(0.75).collect::<Vec<_>>(), [0.5, 1.0]);
    }

    #[test]
    fn a_bootstrap_is_what_theory_says_and_the_same_each_time() {
        // 30 of 100: the standard error is 0.0458.
        let rows: Vec<Vec<f64>> = (0..100).map(|n| vec![f64::from(u8::from(n < 30)), 1.0]).collect();
        let of = |seed| bootstrapped(&rows, 0.95, 4000, seed);
        let [(mean, lower, upper), (one, low, high)] = of(1)[..] else { panic!("two columns") };
        assert!(
            (mean - 0.3).abs() < 1e-12 && (lower - 0.21).abs() < 0.015 && (upper - 0.39).abs() < 0.015,
            "{lower} {upper}"
        );
        assert_eq!((one, low, high), (1.0, 1.0, 1.0));
        assert_eq!(of(7), of(7));
        assert!(bootstrapped(&[], 0.95, 10, 0).is_empty());
    }
}

using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Cases;

namespace Mailreeve.Policy.Scenarios;

/// <summary>A measure in the words of scenarios.</summary>
internal static class MeasureWords
{
    public static string Of(Measure measure) => measure switch
    {
        Measure.Notify m => $"notify {m.Template}",
        Measure.ProposeCharge m => $"propose-charge {m.Amount}",
        Measure.ConfirmCharge => "confirm-charge",
        Measure.Withdraw m => $"withdraw {RungOf(m.Step)}",
        Measure.PlaceBlock { Scope: BlockScope.Port25 } m => $"block-port25 {string.Join(", ", m.Prefixes)}",
        Measure.PlaceBlock m => $"block {string.Join(", ", m.Prefixes)}",
        Measure.Suspend m => $"suspend {m.Target}",
        Measure.LiftBlocks => "lift",
        Measure.Ask m when m.Step.EndsWith('+') => $"ask again {RungOf(m.Step)}",
        Measure.Ask m => $"ask {RungOf(m.Step)}",
        Measure.StartClock => "start-clock",
        Measure.Reopen => "reopen",
        Measure.Close m => $"close {m.Disposition.ToString().ToLowerInvariant()}",
        _ => throw new System.Diagnostics.UnreachableException($"No words for {measure.GetType().Name}."),
    };

    /// <summary>Whether an expectation means this measure; it may name the clause, <c>lift under C4</c>.</summary>
    public static bool Matches(string expected, Measure measure) =>
        expected == Of(measure) || expected == Long(measure);

    public static string Long(Measure measure) => $"{Of(measure)} under {measure.Clause}";

    /// <summary>Steps are named <c>rung#occasion</c>, see <see cref="CaseRules"/>.</summary>
    public static string RungOf(string step) => step.TrimEnd('+', CaseRules.DoubtMark).Split('#', 2)[0];
}

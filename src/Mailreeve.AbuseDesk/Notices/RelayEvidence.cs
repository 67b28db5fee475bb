using System.Text;
using Mailreeve.Policy.Cases;
using Mailreeve.Policy.Relay;
using Mailreeve.Storage;
using Mailreeve.Storage.Abuse;
using Mailreeve.Storage.Network;
using NodaTime.Text;

namespace Mailreeve.AbuseDesk.Notices;

/// <summary>What the customer is shown of the relay test that proved their server open: which test, what was said, where it came out.</summary>
internal static class RelayEvidence
{
    private static readonly InstantPattern Utc = InstantPattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm:ss 'UTC'");

    /// <summary>The text; empty when no test has proved it.</summary>
    public static async Task<string> OfCaseAsync(DbSession db, AbuseCase of, CancellationToken stop)
    {
        // The case's own runs: others of the address may be those of whoever had it before, or has it now.
        var runs = new RelayRunStore(db);
        var proven = (await new CaseStore(db).EventsAsync(of.Id, stop)).Select(e => e.Happened).OfType<CaseEvent.RelayProven>().LastOrDefault();
        return proven is not null && await runs.FindAsync(proven.Run, stop) is { } run
            && (await runs.AttemptsAsync(run.Id, stop)).FirstOrDefault(a => a.Verdict == RelayVerdict.Proven) is { } proof
                ? Write(run, proof)
                : "";
    }

    private static string Write(RelayRunRow run, RelayAttemptRow proof)
    {
        var text = new StringBuilder()
            .Append("This is a test of our own. We handed a message to ").Append(run.Address).Append(" port ").Append(proof.Port)
            .Append(" that was neither from your users nor for them,\nand it was passed on.\n\n")
            .Append("Run ").Append(run.Id).Append(", test \"").Append(proof.Test).Append("\"\n");
        if (proof.MadeAt is { } made)
            text.Append("Message taken:   ").Append(Utc.Format(made)).Append('\n');
        if (proof.ArrivedAt is { } arrived)
            text.Append("Message arrived: ").Append(Utc.Format(arrived)).Append(", handed over by ").Append(proof.ExitAddress).Append('\n');
        return text.Append("\nWhat was said (\">\" is ours):\n").Append(proof.Transcript).ToString();
    }
}

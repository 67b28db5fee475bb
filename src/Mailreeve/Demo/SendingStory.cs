using System.Text;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Smtp;
using Mailreeve.Policy.Tracing;
using Mailreeve.Serving;
using Mailreeve.Storage.Mail;
using NodaTime;

namespace Mailreeve.Demo;

/// <summary>
/// How customers' mail goes out: one writes a letter; another's password is stolen and its limit holds the rest for a person to look at;
/// and a message that somebody reports is found again by its trace.
/// </summary>
internal sealed class SendingStory(Server server, IClock clock, CustomerMailServer elsewhere, Observations observed, MailboxUser writer, MailboxUser stolen)
{
    // More than any limit of the shipped policy lets a new account send within an hour.
    private const int MessagesMax = 60;

    private static readonly string[] Strangers =
        [.. new[] { "figgarden", "junipermachine", "oldmill", "sierratrail", "pomona", "quartz" }.Select(d => $"postmaster@{d}.example")];

    /// <summary>Plays it.</summary>
    public async Task PlayAsync(CancellationToken stop)
    {
        await WriteAsync(stop);
        if (observed.AllHeld)
            await StealAsync(stop);
        if (observed.AllHeld)
            await TraceAsync(stop);
    }

    private async Task WriteAsync(CancellationToken stop)
    {
        observed.Chapter("Somebody writes a letter (submission)");
        var reply = await writer.SendAsync(Strangers[0], "Order", "Twenty copies, please.", stop);
        observed.That($"{writer.Address} signs in under TLS and hands it in", reply.Contains("Accepted", StringComparison.Ordinal), reply);
        var letter = await observed.UntilAsync("it arrives", _ => Task.FromResult(FindFrom(writer)), m => m is not null, stop);
        observed.That("it carries our trace", letter is not null && Encoding.Latin1.GetString(letter.Raw).Contains("Mailreeve-Trace:", StringComparison.Ordinal));
    }

    private async Task StealAsync(CancellationToken stop)
    {
        observed.Chapter("A stolen password: the limit holds what is too much (C1)");
        var (goneOut, reply) = (0, "");
        for (; goneOut < MessagesMax && !reply.Contains("; held", StringComparison.Ordinal); goneOut++)
            reply = await stolen.SendAsync(Strangers[goneOut % Strangers.Length], "Bargain", $"Only today, offer {goneOut}.", stop);
        observed.That($"{goneOut - 1} messages go out, and the next is taken but held", reply.Contains("; held", StringComparison.Ordinal), reply);

        var holds = await server.Database.ReadAsync(db => new SendingHoldStore(db).WaitingAsync(10, stop), stop);
        observed.That("the desk has it, with the reason (/desk/holds)", holds is [{ Messages: 1 }], holds is [var hold, ..] ? $"{hold.Id}, {hold.Mailbox}: {hold.Detail}" : "");
        await observed.UntilAsync("the customer is told", _ => Task.FromResult(elsewhere.Messages.Any(m => $"{m.Recipients[0].Mailbox}" == "support@coldcreek.example")), told => told, stop);
        var other = await writer.SendAsync(Strangers[0], "Thank you", "They came.", stop);
        observed.That("nobody else is held", other.Contains("Accepted", StringComparison.Ordinal), other);
    }

    private async Task TraceAsync(CancellationToken stop)
    {
        observed.Chapter("Somebody reports one of them: mailreeve trace (C2)");
        var reported = await observed.UntilAsync("it lies in a stranger's mailbox", _ => Task.FromResult(FindFrom(stolen)), m => m is not null, stop);
        if (reported is null)
            return;
        var traces = await server.Database.ReadAsync(db => MessageTrace.OfAsync(db, reported.Raw, clock.GetCurrentInstant(), stop), stop);
        observed.That("its trace is genuine and names the mailbox",
            traces is [{ Verdict: TraceVerdict.Genuine } found] && found.Submission?.Mailbox == stolen.Address,
            string.Join(", ", traces.Select(t => $"{TraceRules.Words(t.Verdict)}: {t.Submission?.Mailbox} of {t.Submission?.CustomerName}, handed in {t.Submission?.At}")));
    }

    private ReceivedMessage? FindFrom(MailboxUser sender) => elsewhere.Messages.FirstOrDefault(m => $"{m.From}" == sender.Address);
}

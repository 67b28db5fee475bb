using Mailreeve.Mail.Outbound;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Storage.Mail;
using Mailreeve.Testing;
using MimeKit;
using NodaTime;

namespace Mailreeve.Mail.Tests.Outbound;

public class QueueTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_goes_out_as_it_was_handed_in()
    {
        await using var remote = new RemotePeer();
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync("a@[127.0.0.1]");

        Assert.Equal(1, await queue.WorkAsync());

        var row = Assert.Single(await queue.RowsAsync());
        Assert.Equal((OutboundState.Accepted, "250 2.0.0 queued as 4711", 1L), (row.State, row.LastReply, row.Attempts));
        Assert.Equal("Subject: message 1\r\nX-Kept: yes\r\n\r\n..hello\r\n", Assert.Single(remote.Messages));
        Assert.Contains(remote.Commands, c => c.StartsWith("MAIL FROM:<kim@customer.example>", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Recipients_at_one_place_share_a_transaction_and_one_that_is_refused_keeps_no_other()
    {
        await using var remote = new RemotePeer(line =>
            line.StartsWith("RCPT TO:<b", StringComparison.Ordinal) ? "550 5.1.1 no such user"
            : line.StartsWith("RCPT TO:<c", StringComparison.Ordinal) ? "452 4.2.2 full" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync("a@[127.0.0.1]", "b@[127.0.0.1]", "c@[127.0.0.1]");

        await queue.WorkAsync();

        Assert.Equal(
            [OutboundState.Accepted, OutboundState.Failed, OutboundState.Queued],
            (await queue.RowsAsync()).Where(r => r.Purpose == OutboundPurpose.Submission).Select(r => r.State));
        Assert.Single(remote.Messages);
    }

    [Fact]
    public async Task What_fails_for_now_is_tried_after_five_minutes_doubling_to_four_hours()
    {
        await using var remote = new RemotePeer(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "451 4.7.1 later" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync("a@[127.0.0.1]");
        await queue.WorkAsync();

        foreach (var minutes in new[] { 5, 10, 20, 40, 80, 160, 240, 240 })
        {
            queue.Clock.AdvanceMinutes(minutes - 1);
            Assert.Equal(0, await queue.WorkAsync());
            queue.Clock.AdvanceMinutes(1);
            Assert.Equal(1, await queue.WorkAsync());
        }
    }

    [Fact]
    public async Task After_four_hours_the_sender_is_told_once_and_after_five_days_that_it_is_given_up()
    {
        await using var remote = new RemotePeer(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "451 4.7.1 later" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync("a@[127.0.0.1]");
        await queue.WorkAsync();
        queue.Clock.Advance(Duration.FromHours(4) - Duration.FromMinutes(1));
        Assert.Equal(0, await queue.Overdue.WorkAsync(Stop));

        queue.Clock.AdvanceMinutes(1);
        Assert.Equal(1, await queue.Overdue.WorkAsync(Stop));
        Assert.Equal(0, await queue.Overdue.WorkAsync(Stop));

        var warning = (await queue.RowsAsync())[^1];
        Assert.Equal((OutboundPurpose.DeliveryStatus, "kim@customer.example"), (warning.Purpose, warning.Recipient));
        Assert.Contains("Action: delayed", warning.Text, StringComparison.Ordinal);
        Assert.Contains("451 4.7.1 later", warning.Text, StringComparison.Ordinal);

        queue.Clock.Advance(Duration.FromDays(5));
        while (await queue.Overdue.WorkAsync(Stop) > 0)
        {
            // Until nothing is overdue: the notification about the delay is given up too, and nobody is told of that.
        }

        var rows = await queue.RowsAsync();
        Assert.Equal([OutboundState.Failed, OutboundState.Failed, OutboundState.Queued], rows.Select(r => r.State));
        Assert.Contains("Status: 4.4.7", rows[2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_is_told_to_the_sender_with_the_header_and_not_the_text()
    {
        await using var remote = new RemotePeer(line => line.StartsWith("RCPT TO:<b", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync(m => m with { EnvelopeId = "mine-17" }, "a@[127.0.0.1]", "b@[127.0.0.1]", "b2@[127.0.0.1]");

        await queue.WorkAsync();

        var report = (await queue.RowsAsync())[^1];
        Assert.Equal((OutboundPurpose.DeliveryStatus, OutboundState.Queued), (report.Purpose, report.State));
        var message = Assert.IsType<MultipartReport>((await MimeMessage.LoadAsync(new MemoryStream(report.Message!), Stop)).Body);
        var groups = Assert.Single(message.OfType<MessageDeliveryStatus>()).StatusGroups;
        Assert.Equal("mine-17", groups[0]["Original-Envelope-Id"]);
        Assert.Equal(["rfc822; b@[127.0.0.1]", "rfc822; b2@[127.0.0.1]"], groups.Skip(1).Select(g => g["Final-Recipient"]));
        Assert.All(groups.Skip(1), g => Assert.Equal(("failed", "5.1.1", "smtp; 550 5.1.1 no such user"), (g["Action"], g["Status"], g["Diagnostic-Code"])));
        Assert.Contains("X-Kept: yes", report.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("hello", report.Text, StringComparison.Ordinal);
    }

    // RFC 3461 §4.3; what is larger than we bring back, a refusal quotes the header of.
    [Theory]
    [InlineData(true, 1_000, true)]
    [InlineData(true, 20, false)]
    [InlineData(false, 1_000, false)]
    [InlineData(null, 1_000, false)]
    public async Task A_refusal_brings_the_whole_message_back_when_the_sender_asked_for_it(bool? full, int returnBytesMax, bool isWhole)
    {
        await using var remote = new RemotePeer(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port, options: o => o with { ReturnBytesMax = returnBytesMax });
        await queue.PutAsync(m => m with { ReturnFull = full }, "a@[127.0.0.1]");

        await queue.WorkAsync();

        var row = (await queue.RowsAsync())[^1];
        var report = Assert.IsType<MultipartReport>((await MimeMessage.LoadAsync(new MemoryStream(row.Message!), Stop)).Body);
        Assert.Equal(3, report.Count);
        if (!isWhole)
        {
            Assert.Equal("text/rfc822-headers", report[2].ContentType.MimeType);
            Assert.DoesNotContain("hello", row.Text, StringComparison.Ordinal);
            return;
        }

        var original = Assert.IsType<MessagePart>(report[2]).Message!;
        Assert.Equal(("message 1", "yes"), (original.Subject, original.Headers["X-Kept"]));
        Assert.Equal(".hello", Assert.IsType<TextPart>(original.Body).Text.TrimEnd());
    }

    // RFC 3461 §4.3: RET is about failures.
    [Fact]
    public async Task Of_a_message_that_is_late_or_has_arrived_only_the_header_comes_back()
    {
        var isLate = true;
        await using var remote = new RemotePeer(line => isLate && line.StartsWith("RCPT", StringComparison.Ordinal) ? "451 4.7.1 later" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync(
            m => m with { ReturnFull = true, Recipients = [.. m.Recipients.Select(r => r with { Notify = NotifyWhen.Success | NotifyWhen.Delay })] }, "a@[127.0.0.1]");
        await queue.WorkAsync();
        queue.Clock.Advance(Duration.FromHours(4));
        Assert.Equal(1, await queue.Overdue.WorkAsync(Stop));
        isLate = false;
        await queue.WorkAsync();

        var told = (await queue.RowsAsync()).Where(r => r.Purpose == OutboundPurpose.DeliveryStatus).Select(r => r.Text).ToList();
        Assert.Equal(2, told.Count);
        Assert.Contains("Action: delayed", told[0], StringComparison.Ordinal);
        Assert.Contains("Action: relayed", told[1], StringComparison.Ordinal);
        Assert.All(told, text => Assert.DoesNotContain("hello", text, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(NotifyWhen.Never, 0)]
    [InlineData(NotifyWhen.Success, 0)]
    [InlineData(NotifyWhen.Failure, 1)]
    [InlineData(null, 1)]
    public async Task A_sender_hears_of_a_failure_only_when_it_wants_to(NotifyWhen? notify, int reports)
    {
        await using var remote = new RemotePeer(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync(m => m with { Recipients = [.. m.Recipients.Select(r => r with { Notify = notify })] }, "a@[127.0.0.1]");

        await queue.WorkAsync();

        Assert.Equal(reports, (await queue.RowsAsync()).Count(r => r.Purpose == OutboundPurpose.DeliveryStatus));
    }

    [Fact]
    public async Task A_sender_who_asked_hears_that_the_next_server_took_it()
    {
        await using var remote = new RemotePeer();
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync(m => m with { Recipients = [.. m.Recipients.Select(r => r with { Notify = NotifyWhen.Success, Original = "rfc822;A@first.example" })] }, "a@[127.0.0.1]");

        await queue.WorkAsync();

        var text = (await queue.RowsAsync())[^1].Text;
        Assert.Contains("Action: relayed", text, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: rfc822;A@first.example", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_null_sender_is_told_nothing_and_so_no_notification_is_answered()
    {
        await using var remote = new RemotePeer(line => line.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync(m => m with { EnvelopeFrom = null }, "a@[127.0.0.1]");
        await queue.PutAsync(m => m with { EnvelopeFrom = Mailbox.ParseOrNull("kim@[127.0.0.1]") }, "b@[127.0.0.1]");

        // The second message is refused, then the notification about it, and that is the end.
        Assert.Equal(2, await queue.WorkAsync());
        Assert.Equal(1, await queue.WorkAsync());
        Assert.Equal(0, await queue.WorkAsync());

        Assert.Single(await queue.RowsAsync(), r => r.Purpose == OutboundPurpose.DeliveryStatus);
    }

    [Fact]
    public async Task A_message_sent_whole_without_an_answer_is_sent_again_later()
    {
        await using var remote = new RemotePeer(line => line == "." ? null : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync("a@[127.0.0.1]");
        await queue.WorkAsync();
        queue.Clock.Advance(Duration.FromHours(4) - Duration.FromMinutes(1));
        Assert.Equal(0, await queue.WorkAsync());

        queue.Clock.AdvanceMinutes(1);
        Assert.Equal(1, await queue.WorkAsync());

        Assert.Equal(2, remote.Messages.Count);
    }

    [Fact]
    public async Task What_was_being_sent_when_the_program_ended_is_tried_again_but_not_at_once()
    {
        await using var remote = new RemotePeer();
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync("a@[127.0.0.1]");
        await queue.Temp.Db.WriteAsync(db => db.TakeOutboundAsync(QueueHost.Start), Stop);

        Assert.Equal(0, await queue.WorkAsync());
        queue.Clock.AdvanceMinutes(5);
        Assert.Equal(1, await queue.WorkAsync());

        Assert.Equal(OutboundState.Accepted, Assert.Single(await queue.RowsAsync()).State);
    }

    [Fact]
    public async Task A_held_message_waits_and_is_not_given_up()
    {
        await using var remote = new RemotePeer();
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync(m => m with { HoldId = 3 }, "a@[127.0.0.1]");

        queue.Clock.Advance(Duration.FromDays(10));

        Assert.Equal(0, await queue.Overdue.WorkAsync(Stop));
        Assert.Equal(0, await queue.WorkAsync());
        Assert.Equal(OutboundState.Held, Assert.Single(await queue.RowsAsync()).State);
    }

    [Fact]
    public async Task A_connection_is_used_again_up_to_its_limit()
    {
        await using var remote = new RemotePeer();
        await using var queue = await QueueHost.OpenAsync(remote.Port, options: o => o with { ConcurrentMax = 1, MessagesPerConnection = 4 });
        for (var i = 0; i < 10; i++)
            await queue.PutAsync($"a{i}@[127.0.0.1]");

        Assert.Equal(10, await queue.WorkAsync());

        Assert.Equal(10, remote.Messages.Count);
        Assert.Equal(3, remote.Commands.Count(c => c.StartsWith("EHLO", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_dead_destination_costs_few_dials()
    {
        await using var remote = new RemotePeer(line => line == "greeting" ? "421 4.3.2 not now" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        for (var i = 0; i < 300; i++)
            await queue.PutAsync($"a{i}@[127.0.0.1]");

        await queue.WorkAsync();
        await queue.WorkAsync();

        Assert.InRange(queue.Parts.Counters.Connections, 5, 10);
        var rows = await queue.RowsAsync();
        Assert.All(rows, r => Assert.Equal(OutboundState.Queued, r.State));
        Assert.InRange(rows.Count(r => r.Attempts > 0), 5, 10);

        // One connection finds out whether it still is; the pauses double.
        var before = queue.Parts.Counters.Connections;
        queue.Clock.AdvanceMinutes(5);
        await queue.WorkAsync();
        queue.Clock.AdvanceMinutes(9);
        await queue.WorkAsync();
        Assert.Equal(before + 1, queue.Parts.Counters.Connections);
    }

    [Fact]
    public async Task A_destination_that_comes_back_gets_everything()
    {
        var isUp = false;
        await using var remote = new RemotePeer(line => line == "greeting" && !isUp ? "421 4.3.2 not now" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        for (var i = 0; i < 100; i++)
            await queue.PutAsync($"a{i}@[127.0.0.1]");
        await queue.WorkAsync();
        isUp = true;

        queue.Clock.AdvanceMinutes(5);
        await queue.WorkAsync();
        queue.Clock.AdvanceMinutes(5);
        await queue.WorkAsync();

        Assert.All(await queue.RowsAsync(), r => Assert.Equal(OutboundState.Accepted, r.State));
        Assert.Equal(100, remote.Messages.Count);
    }

    [Fact]
    public async Task A_message_that_goes_round_in_circles_ends()
    {
        await using var remote = new RemotePeer();
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        var ours = string.Concat(Enumerable.Repeat("Received: from x\r\n\tby mx.provider.example with ESMTP; Thu, 05 Mar 2026 04:05:06 +0000\r\n", 6));
        await queue.PutAsync(m => m with { Content = new(System.Text.Encoding.ASCII.GetBytes($"{ours}Subject: x\r\n\r\n")) }, "a@[127.0.0.1]");

        await queue.WorkAsync();

        Assert.StartsWith("554 5.4.6", (await queue.RowsAsync())[0].LastReply, StringComparison.Ordinal);
        Assert.Empty(remote.Messages);
    }

    [Fact]
    public async Task A_segment_stays_while_a_message_in_it_waits_and_goes_after()
    {
        var isUp = false;
        await using var remote = new RemotePeer(line => line.StartsWith("RCPT", StringComparison.Ordinal) && !isUp ? "451 4.7.1 later" : "");
        await using var queue = await QueueHost.OpenAsync(remote.Port);
        await queue.PutAsync("a@[127.0.0.1]");
        await queue.WorkAsync();
        queue.Clock.AdvanceDays(2);
        await queue.Upkeep.WorkAsync(Stop);
        isUp = true;
        Assert.Equal(1, await queue.WorkAsync());

        queue.Clock.AdvanceMinutes(2);
        await queue.Upkeep.WorkAsync(Stop);

        Assert.Equal(OutboundState.Accepted, Assert.Single(await queue.RowsAsync()).State);
        Assert.Empty(queue.Segments.Store.SavedBefore(queue.Clock.GetCurrentInstant() - Duration.FromHours(1)));
        queue.Clock.AdvanceDays(31);
        Assert.Equal(1, await queue.Upkeep.WorkAsync(Stop));
        Assert.Empty(await queue.RowsAsync());
    }

    [Fact]
    public async Task With_a_smarthost_mail_for_many_domains_shares_connections()
    {
        await using var remote = new RemotePeer();
        await using var queue = await QueueHost.OpenAsync(1, options: o => o with { Smarthost = new Smarthost("127.0.0.1", remote.Port), ConcurrentMax = 2 });
        for (var i = 0; i < 20; i++)
            await queue.PutAsync($"a@domain{i}.example");

        Assert.Equal(20, await queue.WorkAsync());

        Assert.Equal(20, remote.Messages.Count);
        Assert.InRange(queue.Parts.Counters.Connections, 1, 2);
    }

    [Fact]
    public async Task Many_messages_to_one_place_keep_no_other_place_waiting()
    {
        await using var remote = new RemotePeer();
        await using var dns = new NamePeer().Address("large.example", "127.0.0.1").Address("small.example", "127.0.0.1");
        await using var queue = await QueueHost.OpenAsync(remote.Port, dns);
        await queue.PutAsync([.. Enumerable.Range(0, 5000).Select(i => $"a{i}@large.example")]);
        queue.Clock.AdvanceMinutes(1);
        await queue.PutAsync("a@small.example");

        var (due, more) = await queue.Temp.Db.ReadAsync(db => new QueueStore(db).DueLongestAsync(queue.Clock.GetCurrentInstant(), 1000, Stop), Stop);
        var (named, next) = await queue.Temp.Db.ReadAsync(db => new QueueStore(db).DueByNameAsync("", queue.Clock.GetCurrentInstant(), 1000, Stop), Stop);

        Assert.Equal(["large.example"], due);
        Assert.True(more);
        Assert.Equal(["large.example", "small.example"], named);
        Assert.Equal("", next);
        Assert.Equal(5001, await queue.WorkAsync());
    }
}

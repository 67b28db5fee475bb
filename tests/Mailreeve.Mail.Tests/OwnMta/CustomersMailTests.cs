using System.Buffers;
using System.Text;
using Mailreeve.Mail.Milter;
using Mailreeve.Mail.OwnMta;
using Mailreeve.Mail.Signing;
using Mailreeve.Mail.Tests.Submission;
using Mailreeve.Policy.Mail;
using Mailreeve.Policy.Tracing;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Mail;
using Mailreeve.Testing;

namespace Mailreeve.Mail.Tests.OwnMta;

/// <summary>What a provider's own mail server asks about customers' mail, and what is noted of it.</summary>
public sealed class CustomersMailTests
{
    private const string Sender = "kim@provider.example";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C1_what_another_server_sends_is_counted_against_the_same_limits()
    {
        await using var host = await SubmissionHost.StartAsync();
        await host.AddCustomerAsync("Alder", Sender);
        var terms = ShippedPolicy.Policy.Terms.Sending;
        var mailbox = host.Mailboxes.Views.Mailboxes.Find(Sender)!;
        var message = new CountedMessage { User = Sender, Mailbox = mailbox.Id, Customer = mailbox.CustomerId, Recipients = 1 };
        var counts = new SenderCounts(host.Mailboxes.Grains);

        var answers = new List<SendingAnswer>();
        for (var i = 0; i <= terms.MessagesPerHour.Value + terms.HeldAtMost.Value; i++)
            answers.Add(await counts.CountAsync(message, Stop));

        Assert.Equal(terms.MessagesPerHour.Value, answers.Count(a => a == SendingAnswer.Within));
        Assert.Equal(terms.HeldAtMost.Value, answers.Count(a => a == SendingAnswer.Held));
        Assert.Equal(SendingAnswer.PutOff, answers[^1]);
        Assert.Single(await host.Database.ReadAsync(db => new SendingHoldStore(db).WaitingAsync(10, Stop), Stop));
    }

    [Fact]
    public async Task C2_what_another_server_sends_is_signed_and_traced_to_its_sender()
    {
        await using var host = await SubmissionHost.StartAsync();
        await host.AddCustomerAsync("Alder", Sender);
        var mailbox = host.Mailboxes.Views.Mailboxes.Find(Sender)!;
        var content = Encoding.ASCII.GetBytes($"From: {Sender}\r\nSubject: Minutes\r\nMessage-Id: <m1@provider.example>\r\n\r\nPage one.\r\n");
        var message = new MilterMessage(
            Address.Parse("192.0.2.9"), "desk.provider.example", Sender, new ClientStanding { Mailbox = mailbox.Id, Customer = mailbox.CustomerId }, Sender,
            ["a@elsewhere.example", "b@elsewhere.example"]);

        var fields = await host.OutgoingFields.OfAsync(message, new ReadOnlySequence<byte>(content), Stop);

        byte[] sent = [.. fields.Span, .. content];
        var trace = Assert.Single(await host.Database.ReadAsync(db => MessageTrace.OfAsync(db, sent, Some.Time, Stop), Stop));
        Assert.Equal((TraceVerdict.Genuine, Sender, 2), (trace.Verdict, trace.Submission!.Mailbox, trace.Submission.Recipients));
    }

    [Fact]
    public async Task Nothing_is_said_or_noted_about_a_stranger()
    {
        await using var host = await SubmissionHost.StartAsync();
        var message = new MilterMessage(Address.Parse("192.0.2.9"), "elsewhere.example", "", default, "a@elsewhere.example", ["b@elsewhere.example"]);

        Assert.True((await host.OutgoingFields.OfAsync(message, new ReadOnlySequence<byte>("Subject: x\r\n\r\nx\r\n"u8.ToArray()), Stop)).IsEmpty);
        Assert.Equal(SendingAnswer.Within, await new SenderCounts(host.Mailboxes.Grains).CountAsync(new CountedMessage { User = "unknown", Recipients = 5 }, Stop));
    }
}

using System.Net;
using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Outbound.Client;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;
using Mailreeve.Protocols.Smtp.Client;
using static Mailreeve.Mail.Tests.Outbound.Client.Calls;

namespace Mailreeve.Mail.Tests.Outbound.Client;

public class SmtpClientConnectionTests
{
    // Long enough for a busy machine to do what it should, where the test is about what never comes.
    private static readonly ClientTimes Short = new ClientTimes().AtMost(TimeSpan.FromMilliseconds(700));

    [Fact]
    public async Task A_message_goes_out_octet_for_octet_and_many_use_one_connection()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("PIPELINING", "SIZE 10000", "8BITMIME");
            await talk.ServeAsync();
        });
        var connection = await OpenAsync(peer.Port);

        var first = await connection.SendAsync(Message(), Stop);
        var second = await connection.SendAsync(Message("Subject: \u00e4\r\n\r\nno end", "", "d@customer.example", "e@customer.example"), Stop);
        Assert.True(connection.IsUsable);
        await connection.QuitAsync(Stop);

        Assert.Equal(["Accepted 250 2.0.0 queued as 4711"], first.Outcomes.Select(Text));
        Assert.All(second.Outcomes, o => Assert.IsType<DeliveryOutcome.Accepted>(o));
        Assert.Equal(
            [
                "EHLO mx.provider.example",
                "MAIL FROM:<a@provider.example> SIZE=27", "RCPT TO:<c@customer.example>", "DATA", "Subject: x\r\n\r\nhello\r\n..dot\r\n.\r\n",
                "MAIL FROM:<> SIZE=20 BODY=8BITMIME", "RCPT TO:<d@customer.example>", "RCPT TO:<e@customer.example>", "DATA", "Subject: \u00e4\r\n\r\nno end\r\n.\r\n",
                "QUIT",
            ],
            peer.Heard);
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task With_pipelining_nothing_is_answered_before_DATA_is_there()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("PIPELINING");
            // Four lines first, then four answers: a client that waited for each would wait for ever.
            for (var i = 0; i < 4; i++)
                await talk.LineAsync();
            await talk.SayAsync("250 ok\r\n250 ok\r\n550 5.1.1 no\r\n354 go on\r\n");
            await talk.MessageAsync();
            await talk.SayAsync("250 done\r\n");
        });

        Assert.Equal(["Accepted 250 done", "Refused 550 5.1.1 no"], await SendAsync(peer.Port, Message(Content, "a@provider.example", "c@customer.example", "d@customer.example")));
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("8BITMIME")]
    public async Task Each_recipient_has_its_own_outcome_over_more_than_one_batch(string extension)
    {
        var recipients = Enumerable.Range(0, 250).Select(i => $"u{i}@customer.example").ToArray();
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync(extension);
            await talk.AnswerAsync("250 ok");
            for (var i = 0; i < recipients.Length; i++)
                await talk.AnswerAsync((i % 3) switch { 0 => "250 ok", 1 => "451 4.2.0 later", _ => "550 5.1.1 never" });
            await talk.AnswerAsync("354 go on");
            await talk.MessageAsync();
            await talk.SayAsync("250 done\r\n");
        });

        var outcomes = await SendAsync(peer.Port, Message(Content, "a@provider.example", recipients));

        Assert.Equal(recipients.Select((_, i) => (i % 3) switch { 0 => "Accepted 250 done", 1 => "TryLater 451 4.2.0 later", _ => "Refused 550 5.1.1 never" }), outcomes);
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("8BITMIME")]
    public async Task What_is_refused_leaves_the_connection_ready_for_the_next_message(string extension)
    {
        var refusals = new Queue<(string At, string Reply)>(
            [("MAIL", "553 5.1.8 not you"), ("RCPT", "550 5.1.1 nobody"), ("DATA", "451 4.3.0 no room"), (".", "554 5.7.1 spam"), ("never", "")]);
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync(extension);
            var inMail = false;
            var recipients = 0;
            while (true)
            {
                var line = await talk.LineAsync();
                var (at, reply) = refusals.Peek();
                var verb = line.Split(' ', ':')[0];
                if (verb == "QUIT")
                    return;
                if (verb is "RSET" or "MAIL")
                    (inMail, recipients) = (false, 0);
                if (verb == at)
                    await talk.SayAsync(reply + "\r\n");
                else if (verb == "MAIL" || (verb == "RCPT" && inMail) || verb == "RSET")
                    await talk.SayAsync("250 ok\r\n");
                else if (verb == "RCPT" || recipients == 0)
                    await talk.SayAsync("503 5.5.1 out of order\r\n");
                else
                    await talk.SayAsync("354 go on\r\n");
                inMail |= verb == "MAIL" && at != "MAIL";
                recipients += verb == "RCPT" && inMail && at != "RCPT" ? 1 : 0;
                if (verb == "DATA" && at != "DATA" && recipients > 0)
                {
                    await talk.MessageAsync();
                    await talk.SayAsync(at == "." ? reply + "\r\n" : "250 2.0.0 queued\r\n");
                }
            }
        });
        var connection = await OpenAsync(peer.Port);
        var outcomes = new List<string>();

        while (refusals.Count > 0)
        {
            outcomes.Add(Text((await connection.SendAsync(Message(), Stop)).Outcomes[0]));
            Assert.True(connection.IsUsable);
            refusals.Dequeue();
            refusals.Enqueue(("never", ""));
            if (outcomes.Count == 5)
                break;
        }

        await connection.QuitAsync(Stop);
        Assert.Equal(
            ["Refused 553 5.1.8 not you", "Refused 550 5.1.1 nobody", "TryLater 451 4.3.0 no room", "Refused 554 5.7.1 spam", "Accepted 250 2.0.0 queued"],
            outcomes);
        Assert.Equal(1, peer.Connections);
    }

    [Fact]
    public async Task A_server_that_takes_DATA_without_a_recipient_gets_an_empty_message()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("PIPELINING");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("550 5.1.1 nobody");
            await talk.AnswerAsync("354 go on");
            await talk.MessageAsync();
            await talk.SayAsync("554 5.5.1 no valid recipients\r\n");
            await talk.ServeAsync();
        });
        var connection = await OpenAsync(peer.Port);

        Assert.Equal("Refused 550 5.1.1 nobody", Text((await connection.SendAsync(Message(), Stop)).Outcomes[0]));
        Assert.Contains(".\r\n", peer.Heard);
        Assert.Equal("Accepted 250 2.0.0 queued as 4711", Text((await connection.SendAsync(Message(), Stop)).Outcomes[0]));
        await connection.QuitAsync(Stop);
    }

    [Fact]
    public async Task A_server_that_refused_the_sender_and_wants_the_message_gets_nothing()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("PIPELINING");
            await talk.AnswerAsync("550 5.7.1 not you");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("354 go on");
            await talk.EndAsync();
        });
        var connection = await OpenAsync(peer.Port);

        Assert.Equal("Refused 550 5.7.1 not you", Text((await connection.SendAsync(Message(), Stop)).Outcomes[0]));
        Assert.False(connection.IsUsable);
        await connection.DisposeAsync();
    }

    [Theory]
    [InlineData("250 done\r\n", "Accepted 250 done")]
    [InlineData("452 4.3.1 disk full\r\n", "TryLater 452 4.3.1 disk full")]
    [InlineData("554-5.7.1 spam\r\n554 5.7.1 and more\r\n", "Refused 554 5.7.1 spam 5.7.1 and more")]
    [InlineData("421 4.3.2 going down\r\n", "TryLater 421 4.3.2 going down")]
    [InlineData("250 don", "InDoubt")]
    [InlineData("250-more\r\n", "InDoubt")]
    [InlineData("hello\r\n", "InDoubt")]
    [InlineData("354 more\r\n", "InDoubt")]
    [InlineData("", "InDoubt")]
    public async Task What_follows_the_dot_decides_and_nothing_leaves_a_doubt(string reply, string expected)
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("354 go on");
            await talk.MessageAsync();
            await talk.SayAsync(reply);
        });

        Assert.StartsWith(expected, Assert.Single(await SendAsync(peer.Port)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_says_nothing_after_the_dot_leaves_a_doubt_too()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("354 go on");
            await talk.MessageAsync();
            await talk.EndAsync();
        });

        Assert.StartsWith("InDoubt", Assert.Single(await SendAsync(peer.Port, times: new ClientTimes { Dot = TimeSpan.FromMilliseconds(300) })), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_connection_lost_before_the_dot_is_tried_later(int commands)
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            for (var i = 1; i < commands; i++)
                await talk.AnswerAsync("250 ok");
            await talk.LineAsync();
            await talk.SayAsync("250 o");
        });

        Assert.StartsWith("TryLater 451 4.4.2", Assert.Single(await SendAsync(peer.Port)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PIPELINING")]
    [InlineData("8BITMIME")]
    public async Task A_421_in_the_middle_holds_for_every_recipient(string extension)
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync(extension);
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("421 4.3.2 closing");
        });

        var outcomes = await SendAsync(peer.Port, Message(Content, "a@provider.example", "c@customer.example", "d@customer.example", "e@customer.example"));

        Assert.All(outcomes, o => Assert.Equal("TryLater 421 4.3.2 closing", o));
    }

    [Theory]
    [InlineData("421 4.3.2 too busy\r\n", "421 4.3.2 too busy")]
    [InlineData("554-no\r\n554 5.7.1 go away\r\n", "554 no 5.7.1 go away")]
    [InlineData("421 4.3.2 too busy", "451 4.4.2")]
    [InlineData("", "451 4.4.2")]
    [InlineData("SSH-2.0-OpenSSH\r\n", "451 4.4.2")]
    [InlineData("\0\0\0\0\r\n", "451 4.4.2")]
    public async Task The_last_words_of_a_server_are_heard(string words, string expected)
    {
        await using var peer = new ScriptedPeer(talk => talk.SayAsync(words));

        Assert.StartsWith(expected, (await FailAsync(peer.Port)).Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_greeting_without_end_is_not_read_to_its_end()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            while (true)
                await talk.SayAsync("220-and another line\r\n");
        });

        Assert.Contains("no reply", (await FailAsync(peer.Port)).Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_without_end_is_not_read_to_its_end()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.SayAsync("220 ");
            while (true)
                await talk.SayAsync(new string('x', 1000));
        });

        Assert.Contains("no reply", (await FailAsync(peer.Port)).Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reply_has_to_be_whole_in_time_however_its_octets_drip()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            // As fast as anyone asks, and never a whole line: lines of a reply that goes on.
            await talk.SayAsync("220-");
            await talk.EndAsync();
        });

        Assert.Contains("in time", (await FailAsync(peer.Port, Short)).Reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_answers_before_it_is_asked_is_believed_nothing()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("354 go on\r\n250 thank you");
            await talk.EndAsync();
        });

        Assert.StartsWith("TryLater 451 4.5.0", Assert.Single(await SendAsync(peer.Port)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("354 what", "250 ok", "354 go on")]
    [InlineData("250 ok", "354 what", "354 go on")]
    [InlineData("250 ok", "250 ok", "250 ok")]
    public async Task A_server_out_of_step_is_left(string mail, string rcpt, string data)
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.AnswerAsync(mail);
            await talk.AnswerAsync(rcpt);
            await talk.AnswerAsync(data);
            await talk.EndAsync();
        });

        Assert.StartsWith("TryLater 451 4.5.0", Assert.Single(await SendAsync(peer.Port)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_refuses_in_the_middle_of_a_message_is_heard()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("354 go on");
            await talk.LineAsync();
            await talk.SayAsync("552 5.3.4 too much\r\n");
        });
        var message = Message(string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", 400_000)));

        Assert.Equal("Refused 552 5.3.4 too much", Assert.Single(await SendAsync(peer.Port, message)));
    }

    [Fact]
    public async Task A_server_that_stops_reading_is_given_up_and_the_message_is_not_in_doubt()
    {
        var ended = new TaskCompletionSource();
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("354 go on");
            await ended.Task;
        });
        var message = Message(string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", 400_000)));

        Assert.StartsWith("TryLater 451 4.4.2", Assert.Single(await SendAsync(peer.Port, message, new ClientTimes { Block = TimeSpan.FromMilliseconds(500) })), StringComparison.Ordinal);
        ended.SetResult();
    }

    [Fact]
    public async Task A_large_message_arrives_as_it_is_wherever_its_blocks_end()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("PIPELINING");
            await talk.ServeAsync();
        });
        // Dots at the start of lines of all lengths, so that some block ends before each part of one.
        var content = string.Concat(Enumerable.Range(0, 1200).Select(i => $".{new string('y', i % 130)}\r\n"));
        var pieces = Enumerable.Range(0, 7).Select(i => content[(i * content.Length / 7)..((i + 1) * content.Length / 7)]).ToList();

        Assert.Equal("Accepted 250 2.0.0 queued as 4711", Assert.Single(await SendAsync(peer.Port, Message() with { Content = Sequences.Of(pieces) })));

        Assert.Equal(content.Replace("\r\n.", "\r\n..", StringComparison.Ordinal).Insert(0, ".") + ".\r\n", peer.Heard.Single(h => h.Length > 1000));
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nbare\nfeed\r\n", "5.6.0")]
    [InlineData("Subject: x\r\n\r\nbare\rreturn\r\n", "5.6.0")]
    [InlineData("Subject: x\r\n\r\n\r\n.\r\r\nMAIL FROM:<x@y.example>\r\n", "5.6.0")]
    [InlineData("Subject: x\r\n\r\nnul\0\r\n", "5.6.0")]
    [InlineData("Subject: x\r\n\r\nends in\r", "5.6.0")]
    public async Task Content_that_could_smuggle_is_not_sent(string content, string status)
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("PIPELINING");
            await talk.ServeAsync();
        });

        Assert.StartsWith($"Refused 550 {status}", Assert.Single(await SendAsync(peer.Port, Message(content))), StringComparison.Ordinal);
        Assert.DoesNotContain(peer.Heard, h => h.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_server_cannot_take_is_refused_without_asking()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("SIZE 20");
            await talk.ServeAsync();
        });

        Assert.StartsWith("Refused 552 5.3.4", Assert.Single(await SendAsync(peer.Port)), StringComparison.Ordinal);
        Assert.StartsWith("Refused 550 5.6.7", Assert.Single(await SendAsync(peer.Port, Message("a\r\n") with { SmtpUtf8 = true })), StringComparison.Ordinal);
        Assert.StartsWith("Refused 550 5.6.7", Assert.Single(await SendAsync(peer.Port, Message("a\r\n", "j\u00f6rg@provider.example"))), StringComparison.Ordinal);
        Assert.Equal(
            ["Refused 553 5.6.7 The address needs SMTPUTF8, which the server does not offer", "Accepted 250 2.0.0 queued as 4711", "Accepted 250 2.0.0 queued as 4711"],
            await SendAsync(peer.Port, Message("a\r\n", "a@provider.example", "j\u00f6rg@customer.example", "c@customer.example", "d@m\u00fcller.example")));
        Assert.Contains("RCPT TO:<d@xn--mller-kva.example>", peer.Heard);
    }

    [Fact]
    public async Task What_a_server_offers_is_used()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync("SMTPUTF8", "8BITMIME", "DSN", "SIZE");
            await talk.ServeAsync();
        });
        var message = Message("Subject: \u00f6\r\n\r\n", "a@provider.example") with
        {
            Recipients =
            [
                new RcptCommand { To = Mailbox.ParseOrNull("c@customer.example")!, Notify = NotifyWhen.Success | NotifyWhen.Failure, OriginalRecipient = "rfc822;c+list@customer.example" },
                new RcptCommand { To = Mailbox.ParseOrNull("d@customer.example")!, Notify = NotifyWhen.Never },
            ],
            SmtpUtf8 = true,
            ReturnFull = false,
            EnvelopeId = "x=1",
        };

        await SendAsync(peer.Port, message);

        Assert.Contains("MAIL FROM:<a@provider.example> SIZE=14 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x+3D1", peer.Heard);
        Assert.Contains("RCPT TO:<c@customer.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;c+2Blist@customer.example", peer.Heard);
        Assert.Contains("RCPT TO:<d@customer.example> NOTIFY=NEVER", peer.Heard);
    }

    [Fact]
    public async Task A_server_that_knows_no_EHLO_is_greeted_with_HELO()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.SayAsync("220 old\r\n");
            await talk.AnswerAsync("502 5.5.1 what?");
            await talk.ServeAsync();
        });

        Assert.Equal("Accepted 250 2.0.0 queued as 4711", Assert.Single(await SendAsync(peer.Port, Message("\u00e4\r\n"))));
        Assert.Contains("HELO mx.provider.example", peer.Heard);
        Assert.Contains("MAIL FROM:<a@provider.example>", peer.Heard);
    }

    [Fact]
    public async Task An_idle_connection_that_the_server_has_left_is_not_used()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("250 ok");
            await talk.AnswerAsync("354 go on");
            await talk.MessageAsync();
            await talk.SayAsync("250 done\r\n");
            await talk.SayAsync("421 4.4.2 idle for too long\r\n");
        });
        var connection = await OpenAsync(peer.Port);

        Assert.IsType<DeliveryOutcome.Accepted>((await connection.SendAsync(Message(), Stop)).Outcomes[0]);
        await Mailreeve.Testing.Eventually.TrueAsync(() => !connection.IsUsable);
        await connection.QuitAsync(Stop);
    }

    [Fact]
    public async Task That_a_server_left_without_hearing_the_message_is_told()
    {
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.LineAsync();
        });
        var connection = await OpenAsync(peer.Port);

        var result = await connection.SendAsync(Message(), Stop);

        Assert.True(result.Unheard);
        Assert.IsType<DeliveryOutcome.TryLater>(result.Outcomes[0]);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_stop_ends_the_wait_at_once()
    {
        using var stop = new CancellationTokenSource();
        await using var peer = new ScriptedPeer(async talk =>
        {
            await talk.HelloAsync();
            await talk.LineAsync();
            await stop.CancelAsync();
            await talk.EndAsync();
        });
        var connection = await OpenAsync(peer.Port);

        var result = await connection.SendAsync(Message(), stop.Token);

        Assert.Equal("TryLater 451 4.3.2 The program was stopped before the message was sent", Text(result.Outcomes[0]));
        Assert.False(connection.IsUsable);
        await connection.QuitAsync(Stop);
    }

    [Fact]
    public async Task A_host_can_be_called_from_an_address_that_was_chosen()
    {
        IPAddress? from = null;
        await using var peer = new ScriptedPeer(async talk =>
        {
            from = talk.From.Address;
            await talk.HelloAsync();
            await talk.ServeAsync();
        });

        var dialled = await DialAsync(Target(peer.Port) with { Source = Address.Parse("127.0.0.9") });
        await Assert.IsType<Dialled.Open>(dialled).Connection.QuitAsync(Stop);

        Assert.Equal(IPAddress.Parse("127.0.0.9"), from);
    }

    [Fact]
    public async Task A_host_that_is_not_there_is_no_contact()
    {
        int port;
        await using (var gone = new ScriptedPeer(_ => Task.CompletedTask))
            port = gone.Port;

        Assert.StartsWith("451 4.4.1 No connection to mx.customer.example [127.0.0.1]", (await FailAsync(port)).Reply, StringComparison.Ordinal);
    }
}

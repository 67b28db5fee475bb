using MailKit.Net.Imap;
using MailKit.Net.Smtp;
using MailKit.Security;
using Mailreeve.EndToEnd.Clients;
using Mailreeve.Testing;
using MimeKit;

namespace Mailreeve.EndToEnd;

/// <summary>C6 as an operator sees it: a mailbox is blocked by command while the program runs, and lifted again.</summary>
public sealed class BlockedMailboxTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task C6_a_mailbox_that_is_blocked_by_command_gets_and_sends_nothing_until_it_is_lifted()
    {
        await using var mailreeve = await MailreeveUnderTest.StartAsync();
        var server = mailreeve.Server;
        var (kim, lee) = (server.Users[0], server.Users[1]);
        await SendInAsync(server, kim.Address, "Before");

        var placed = await RunAsync("add", kim.Address, "--clause", "C6", "--reason", "Serves spam.");
        Assert.True(placed.ExitCode == 0, placed.Output + placed.Errors);
        var stranger = await RunAsync("add", "nobody@provider.example", "--clause", "C6", "--reason", "Serves spam.");
        Assert.Equal(1, stranger.ExitCode);
        Assert.Contains("nobody@provider.example is no mailbox of ours.", stranger.Output, StringComparison.Ordinal);
        Assert.Contains("never blocked", (await RunAsync("add", "abuse@provider.example", "--clause", "C6", "--reason", "No.")).Output, StringComparison.Ordinal);

        await Eventually.TrueAsync(async () => await RefusalAsync(() => SendInAsync(server, kim.Address, "Meanwhile")) is { } refused
            && refused.Contains("This mailbox is blocked under clause C6; see http", StringComparison.Ordinal));
        var sending = await RefusalAsync(() => SubmitAsync(server, kim, lee.Address, "Meanwhile"));
        Assert.Contains("This mailbox is blocked under clause C6; see http", sending, StringComparison.Ordinal);
        Assert.Equal(["Before"], await SubjectsAsync(server, kim));
        var listed = (await RunAsync("list")).Output;
        Assert.Contains($"mailbox {kim.Address} of {Some.Customer.RegNumber}", listed, StringComparison.Ordinal);
        Assert.Contains("our mail servers: active", listed, StringComparison.Ordinal);

        var lifted = await RunAsync("lift", kim.Address, "--reason", "They stopped.");
        Assert.True(lifted.ExitCode == 0, lifted.Output + lifted.Errors);
        Assert.Equal("Nothing is blocked.", (await RunAsync("list")).Output.TrimEnd());
        await Eventually.TrueAsync(async () => await RefusalAsync(() => SubmitAsync(server, kim, kim.Address, "After")) is null);
        await Eventually.TrueAsync(async () => (await SubjectsAsync(server, kim)).Contains("After"));

        Task<CommandRun> RunAsync(params string[] arguments) => Program.RunAsync(Stop, ["block", .. arguments, "-c", mailreeve.Process.ConfigPath]);
    }

    private static async Task<string?> RefusalAsync(Func<Task> send)
    {
        try
        {
            await send();
            return null;
        }
        catch (SmtpCommandException e)
        {
            return e.Message;
        }
    }

    // From somebody elsewhere, who has no name here.
    private static async Task SendInAsync(MailServerUnderTest server, string to, string subject)
    {
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, shown, _, _) => server.Trusts(shown) };
        await client.ConnectAsync(server.Host, server.SmtpPort, SecureSocketOptions.StartTls, Stop);
        using var message = Message("sender@elsewhere.example", to, subject);
        await client.SendAsync(message, Stop);
        await client.DisconnectAsync(true, Stop);
    }

    private static async Task SubmitAsync(MailServerUnderTest server, MailUser from, string to, string subject)
    {
        using var client = new SmtpClient { ServerCertificateValidationCallback = (_, shown, _, _) => server.Trusts(shown) };
        await client.ConnectAsync(server.Host, server.SendPort, SecureSocketOptions.StartTls, Stop);
        await client.AuthenticateAsync(from.Address, from.Password, Stop);
        using var message = Message(from.Address, to, subject);
        await client.SendAsync(message, Stop);
        await client.DisconnectAsync(true, Stop);
    }

    private static async Task<IReadOnlyList<string>> SubjectsAsync(MailServerUnderTest server, MailUser user)
    {
        using var client = new ImapClient { ServerCertificateValidationCallback = (_, shown, _, _) => server.Trusts(shown) };
        await client.ConnectAsync(server.Host, server.ImapsPort, SecureSocketOptions.SslOnConnect, Stop);
        await client.AuthenticateAsync(user.Address, user.Password, Stop);
        var inbox = client.Inbox!;
        await inbox.OpenAsync(MailKit.FolderAccess.ReadOnly, Stop);
        var subjects = new List<string>();
        for (var i = 0; i < inbox.Count; i++)
        {
            using var message = await inbox.GetMessageAsync(i, Stop);
            subjects.Add(message.Subject ?? "");
        }

        await client.DisconnectAsync(true, Stop);
        return subjects;
    }

    private static MimeMessage Message(string from, string to, string subject) => new()
    {
        From = { new MailboxAddress("", from) },
        To = { new MailboxAddress("", to) },
        Subject = subject,
        Body = new TextPart("plain") { Text = "Text." },
    };
}

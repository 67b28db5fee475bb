using Mailreeve.Mail.Tests.Mailboxes;

namespace Mailreeve.Mail.Tests.Pop3;

/// <summary>One host of mailboxes for the tests of a class; each test has a mailbox of its own.</summary>
public sealed class SharedHost : IAsyncLifetime
{
    private MailboxHost? host;

    internal MailboxHost Mailboxes => host!;

    public async ValueTask InitializeAsync() => host = await MailboxHost.StartAsync();

    public ValueTask DisposeAsync() => host!.DisposeAsync();
}

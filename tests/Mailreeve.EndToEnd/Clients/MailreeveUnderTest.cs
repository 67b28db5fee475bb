namespace Mailreeve.EndToEnd.Clients;

/// <summary>Our server with mailboxes, as a process of its own.</summary>
internal sealed class MailreeveUnderTest : IAsyncDisposable
{
    /// <summary>Starts it with mailboxes for the tests.</summary>
    public static Task<MailServerUnderTest> StartAsync()
    {
        Assert.Skip("The program has no mailboxes yet.");
        return Task.FromException<MailServerUnderTest>(new System.Diagnostics.UnreachableException());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

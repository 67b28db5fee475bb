using System.Diagnostics;
using System.Text;

namespace Mailreeve.EndToEnd;

/// <summary>The demonstration as a process that stays up, for tests that look at its pages.</summary>
public sealed class RunningDemo : IAsyncLifetime
{
    private const string Customer = "A customer";
    private static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(3);

    private readonly Process process = new();
    private readonly StringBuilder told = new();

    /// <summary>Where the pages are, without final slash.</summary>
    public string BaseUrl { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        var up = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.StartInfo = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "mailreeve.dll"), "demo"])
        {
            RedirectStandardOutput = true,
        };
        process.OutputDataReceived += (_, line) =>
        {
            told.AppendLine(line.Data);
            if (line.Data?.Contains(Customer, StringComparison.Ordinal) == true)
                up.TrySetResult(line.Data.Split(' ', StringSplitOptions.RemoveEmptyEntries).First(w => w.StartsWith("http", StringComparison.Ordinal)));
            if (line.Data is null)
                up.TrySetException(new InvalidOperationException($"The demonstration ended:\n{told}"));
        };
        process.Start();
        process.BeginOutputReadLine();
        var signIn = await up.Task.WaitAsync(PatienceMax, TestContext.Current.CancellationToken);
        BaseUrl = signIn[..signIn.IndexOf("/sign-in", StringComparison.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
            await process.WaitForExitAsync(CancellationToken.None);
        }

        process.Dispose();
    }
}

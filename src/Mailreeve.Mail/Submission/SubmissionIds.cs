using Mailreeve.Storage;

namespace Mailreeve.Mail.Submission;

/// <summary>Gives submissions their ids, which stand in the trace before there is a row. They are reserved many at a time; a restart skips some.</summary>
public sealed class SubmissionIds(Database db) : IDisposable
{
    private const long Chunk = 256;

    private readonly SemaphoreSlim turn = new(1, 1);
    private long next;
    private long end;

    /// <summary>The next id.</summary>
    public async ValueTask<long> TakeAsync()
    {
        await turn.WaitAsync();
        try
        {
            if (next == end)
            {
                next = await db.WriteAsync(session => session.NextIdsAsync("submission", Chunk, CancellationToken.None), CancellationToken.None);
                end = next + Chunk;
            }

            return next++;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();
}

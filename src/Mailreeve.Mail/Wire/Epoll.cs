using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Mailreeve.Mail.Wire;

/// <summary>Many sockets that one thread waits for: <c>epoll(7)</c>, which .NET has, and does not show. Level-triggered. One thread waits; any may wake it.</summary>
internal sealed partial class Epoll : IDisposable
{
    /// <summary>What <see cref="Wait"/> says when it was woken.</summary>
    public const long Woken = -1;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;
    private const int BatchMax = 256;

    // The kernel packs struct epoll_event on x86-64, and nowhere else.
    private static readonly int DataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;
    private static readonly int EventBytes = DataOffset + 8;

    private readonly SafeFileHandle poll = Opened(EpollCreate(CloseOnExec), "epoll_create1");
    private readonly SafeFileHandle wake = Opened(EventFd(0, CloseOnExec | NonBlocking), "eventfd");
    private readonly byte[] events = new byte[BatchMax * (DataOffset + 8)];
    private int ready;

    public Epoll() => Add(wake, Woken, Interest.Read);

    public enum Interest
    {
        Read = 1,
        Write = 4,
    }

    private enum Operation
    {
        Add = 1,
        Remove = 2,
        Change = 3,
    }

    /// <summary>Begins to wait for a socket.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="id">What <see cref="Id"/> says of it; not negative.</param>
    /// <param name="interest">For what.</param>
    public void Add(SafeHandle socket, long id, Interest interest) => Control(Operation.Add, socket, id, interest);

    /// <summary>Waits for something else from now on.</summary>
    public void Change(SafeHandle socket, long id, Interest interest) => Control(Operation.Change, socket, id, interest);

    /// <summary>Waits for it no more. A socket that is closed is forgotten by itself.</summary>
    public void Remove(SafeHandle socket) => Control(Operation.Remove, socket, 0, 0);

    /// <summary>Waits until something can be read or written, somebody calls <see cref="Wake"/>, or the time is over.</summary>
    /// <returns>How many; <see cref="Id"/> tells which.</returns>
    public int Wait(TimeSpan longest)
    {
        ready = EpollWait(poll, events, BatchMax, (int)longest.TotalMilliseconds);
        if (ready < 0)
        {
            // A signal is no reason to end (EINTR).
            if (Marshal.GetLastPInvokeError() != 4)
                throw Failure("epoll_wait");
            ready = 0;
        }

        return ready;
    }

    /// <summary>Which one: its id, or <see cref="Woken"/>.</summary>
    public long Id(int index)
    {
        var id = MemoryMarshal.Read<long>(events.AsSpan((index * EventBytes) + DataOffset));
        if (id == Woken)
            EventFdRead(wake, out _);
        return id;
    }

    /// <summary>Ends the wait, this one or the next. May be called from any thread.</summary>
    public void Wake() => EventFdWrite(wake, 1);

    public void Dispose()
    {
        poll.Dispose();
        wake.Dispose();
    }

    private void Control(Operation operation, SafeHandle socket, long id, Interest interest)
    {
        Span<byte> entry = stackalloc byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(entry, (int)interest);
        MemoryMarshal.Write(entry[DataOffset..], id);
        if (EpollControl(poll, (int)operation, socket, entry) != 0)
            throw Failure("epoll_ctl");
    }

    private static SafeFileHandle Opened(SafeFileHandle handle, string call) => handle.IsInvalid ? throw Failure(call) : handle;

    private static IOException Failure(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {new Win32Exception(error).Message} (errno {error})", error);
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial SafeFileHandle EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(SafeFileHandle poll, int operation, SafeHandle socket, Span<byte> entry);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(SafeFileHandle poll, byte[] events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial SafeFileHandle EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "eventfd_write")]
    private static partial int EventFdWrite(SafeFileHandle handle, ulong value);

    [LibraryImport("libc", EntryPoint = "eventfd_read")]
    private static partial int EventFdRead(SafeFileHandle handle, out ulong value);
}

namespace Iarnet.Worker.Hosting;

/// <summary>
/// The files of a host that was killed. It holds a lock on the file "lock" of its run folder while it lives: whoever gets that
/// lock knows that it is dead, and may remove what it left. Several workers may do so at the same time.
/// </summary>
internal static class HostRemains
{
    private const string LockFile = "lock";

    /// <returns>Whether the host was dead.</returns>
    public static bool RemoveIfDead(WorkerSettings settings, TimeSpan lookFor, TimeProvider time)
    {
        if (settings.RunFolder is not { Length: > 0 } folder || !OperatingSystem.IsLinux())
        {
            return false;
        }

        var began = time.GetTimestamp();
        do
        {
            try
            {
                // FileShare.None is flock(LOCK_EX | LOCK_NB) here. Held while the folders go, so that two workers do not cross.
                using var held = new FileStream(Path.Combine(folder, LockFile), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                Remove(settings.SegmentFolder);
                Remove(folder);
                return true;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                // Removed already, by the host itself or by another worker. Without the lock nothing says that the segments are nobody's.
                return false;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Wait();
            }
        }
        while (time.GetElapsedTime(began) < lookFor);

        return false;
    }

    private static void Remove(string? folder)
    {
        try
        {
            if (!string.IsNullOrEmpty(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }
        catch (DirectoryNotFoundException)
        {
            // It is gone: that is what was wanted.
        }
    }

    private static void Wait()
    {
        using var never = new ManualResetEventSlim();
        never.Wait(TimeSpan.FromMilliseconds(20));
    }
}

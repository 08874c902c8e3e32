"""What happens by itself, and what one failure costs the others: nothing."""

from bot.background import run_timers


async def test_many_timers_that_fail_keep_nobody_else_waiting(story, clock):
    for number in range(200):
        await story.say("こんにちは", customer=f"B{number}")
    # as a newer version might have left them
    await story.store.write(
        lambda tx: tx.run('UPDATE conversation SET talk = \'{"stage":"unheard of"}\'')
    )
    clock.pass_time(3_600_000)
    await story.say("さかな", customer="U1")
    await story.intake.close()  # a restart: from here on the timers alone know of it
    clock.pass_time(2_000)

    await run_timers(story.store, story.intake, clock)
    assert (await story.conversation())["talk"].count("さかな") == 1
    await run_timers(story.store, story.intake, clock)
    assert [line["sender"] for line in await story.lines()] == ["customer", "bot"]
